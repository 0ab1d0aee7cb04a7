import { useMutation } from "@apollo/client/react";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import "@mantine/core/styles/PasswordInput.layer.css";
import { useForm } from "@mantine/form";
import { Link, Navigate, useSearchParams } from "react-router";
import { LoginDocument } from "../graphql/generated/shop/graphql.ts";
import cards from "../ui/Card.module.css";
import { Failure } from "../ui/Failure.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuyingWords } from "../ui/useBuyingWords.ts";
import { EMAIL_MAX, isEmail } from "./email.ts";
import { nextPlace } from "./nextPlace.ts";
import { usePerson } from "./usePerson.ts";
import { useSignIn } from "./useSignIn.ts";

/** Signing in with e-mail and password. Who is signed in already goes on at once. */
export function LoginPage() {
  const { t } = useBuyingWords();
  const [params] = useSearchParams();
  const { person } = usePerson();
  const { signIn, arriving } = useSignIn();
  const [login, { loading, error }] = useMutation(LoginDocument, { context: { identity: "none" } });
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (isEmail(value) ? null : t("login.emailWrong")),
      password: (value) => (value ? null : t("login.passwordMissing")),
    },
  });
  const submit = form.onSubmit(async ({ email, password }) => {
    if (loading || arriving) return;
    // A refusal stands in `error` below; there is nothing more to do about it here.
    const answer = await login({ variables: { email: email.trim(), password } }).catch(() => null);
    if (answer?.data) await signIn(answer.data.login);
  });
  if (person && !loading && !arriving) return <Navigate to={nextPlace(params.get("next"))} replace />;
  return (
    <Page title={t("login.title")} narrow>
      <form className={`${cards.card} ${cards.stack}`} onSubmit={submit} noValidate>
        <p className={cards.soft}>{t("login.text")}</p>
        {error && <Failure error={error} />}
        <TextInput
          label={t("login.email")}
          type="email"
          maxLength={EMAIL_MAX}
          autoComplete="username"
          inputMode="email"
          data-testid="login-email"
          key={form.key("email")}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("login.password")}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": t("login.showPassword") }}
          data-testid="login-password"
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <Button type="submit" size="lg" loading={loading || arriving} data-testid="login-submit">
          {t("login.submit")}
        </Button>
        <p className={cards.soft}>
          {t("login.noAccount")}{" "}
          <Link to={{ pathname: "/register", search: params.toString() }}>{t("login.register")}</Link>
        </p>
      </form>
    </Page>
  );
}
