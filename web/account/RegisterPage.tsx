import { useMutation } from "@apollo/client/react";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import "@mantine/core/styles/PasswordInput.layer.css";
import { useForm } from "@mantine/form";
import { Link, Navigate, useSearchParams } from "react-router";
import { RegisterDocument } from "../graphql/generated/shop/graphql.ts";
import { isPhone } from "../shop/addressDraft.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { EMAIL_MAX, isEmail } from "./email.ts";
import { nextPlace } from "./nextPlace.ts";
import { usePerson } from "./usePerson.ts";
import { useSignIn } from "./useSignIn.ts";

/** What the server asks at least; said before sending. */
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;
const MAX_NAME = 100;

/** A new account, signed in at once. Who is signed in already goes on: two people never share what is kept here. */
export function RegisterPage() {
  const [params] = useSearchParams();
  const { person } = usePerson();
  const registering = useRegistering();
  if (person && !registering.working) return <Navigate to={nextPlace(params.get("next"))} replace />;
  return <RegisterForm {...registering} search={params.toString()} />;
}

function useRegistering() {
  const { signIn, arriving } = useSignIn();
  const [register, { loading, error }] = useMutation(RegisterDocument, { context: { identity: "none" } });
  const send = async ({ name, email, phone, password }: NewAccount) => {
    if (loading || arriving) return;
    const input = { name: name.trim(), email: email.trim(), password, ...(phone.trim() && { phone: phone.trim() }) };
    // A refusal stands in `error` below; there is nothing more to do about it here.
    const answer = await register({ variables: { input } }).catch(() => null);
    if (answer?.data) await signIn(answer.data.register);
  };
  return { send, error, working: loading || arriving };
}

type RegisterFormProps = ReturnType<typeof useRegistering> & { readonly search: string };

function RegisterForm({ send, error, working, search }: RegisterFormProps) {
  const { t } = useBuyingWords();
  const form = useRegisterForm();
  return (
    <Page title={t("register.title")} narrow>
      <form className={`${cards.card} ${cards.stack}`} onSubmit={form.onSubmit(send)} noValidate>
        {error && <Failure error={error} />}
        <TextInput
          label={t("register.name")}
          maxLength={MAX_NAME}
          autoComplete="name"
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("login.email")}
          type="email"
          maxLength={EMAIL_MAX}
          autoComplete="email"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <TextInput
          label={t("register.phone")}
          description={t("register.phoneWhy")}
          type="tel"
          autoComplete="tel"
          key={form.key("phone")}
          {...form.getInputProps("phone")}
        />
        <PasswordInput
          label={t("login.password")}
          description={t("register.passwordShort", { count: MIN_PASSWORD })}
          autoComplete="new-password"
          maxLength={MAX_PASSWORD}
          visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" size="lg" loading={working}>
          {t("register.submit")}
        </Button>
        <p className={cards.soft}>
          {t("register.haveAccount")} <Link to={{ pathname: "/login", search }}>{t("login.submit")}</Link>
        </p>
      </form>
    </Page>
  );
}

const EMPTY = { name: "", email: "", phone: "", password: "" };
type NewAccount = typeof EMPTY;

function useRegisterForm() {
  const { t } = useBuyingWords();
  return useForm({
    mode: "uncontrolled",
    initialValues: EMPTY,
    validate: {
      name: (value) => (value.trim() ? null : t("register.nameMissing")),
      email: (value) => (isEmail(value) ? null : t("login.emailWrong")),
      phone: (value) => (value.trim() === "" || isPhone(value) ? null : t("register.phoneWrong")),
      password: (value) => (value.length >= MIN_PASSWORD ? null : t("register.passwordShort", { count: MIN_PASSWORD })),
    },
  });
}
