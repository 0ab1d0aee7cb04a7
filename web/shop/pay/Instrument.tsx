import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { PaymentStateFragment } from "../../graphql/generated/buying/graphql.ts";
import { money } from "../../ui/format.ts";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import { webAddress } from "../payStep.ts";
import { CopyLine } from "./CopyLine.tsx";
import styles from "./Instrument.module.css";
import { QrPicture } from "./QrPicture.tsx";

type Instructions = NonNullable<PaymentStateFragment["currentTransaction"]>["instructions"];

interface InstrumentProps {
  readonly payment: Pick<PaymentStateFragment, "number" | "amount" | "currentTransaction">;
  readonly instructions: Instructions;
  /** The method's name. */
  readonly label: string;
}

/** What one pays with: the page, the numbers, the code or the app; only what the method has. */
export function Instrument({ payment, instructions, label }: InstrumentProps) {
  const { t } = useBuyingWords();
  const { vaNumber, billerCode, billKey, paymentCode } = instructions;
  const page = webAddress(instructions.redirectUrl);
  const numbers = [
    { what: t("pay.vaNumber"), shown: vaNumber, testId: "va-number" },
    { what: t("pay.billerCode"), shown: billerCode, testId: "biller-code" },
    { what: t("pay.billKey"), shown: billKey, testId: "bill-key" },
    { what: t("pay.paymentCode"), shown: paymentCode, testId: "payment-code" },
  ].filter((line): line is { what: string; shown: string; testId: string } => Boolean(line.shown));
  return (
    <div className={styles.instrument} data-testid="instrument">
      <Scannable payment={payment} instructions={instructions} label={label} />
      {numbers.length > 0 && (
        <>
          <dl className={styles.lines}>
            {numbers.map((line) => (
              <CopyLine key={line.testId} {...line} />
            ))}
            <CopyLine
              what={t("pay.amount")}
              shown={money(payment.amount)}
              copied={String(payment.amount)}
              testId="amount"
            />
          </dl>
          <p className={styles.soft}>{t("pay.exact")}</p>
        </>
      )}
      {page && (
        <>
          <Button component="a" href={page} size="lg" fullWidth data-testid="pay-now">
            {t("pay.openPage")}
          </Button>
          <p className={styles.soft}>{t("pay.page")}</p>
        </>
      )}
    </div>
  );
}

/** Where the wallet's app is likely to be on this very device. */
const ON_PHONE = "(pointer: coarse), (max-width: 47.99em)";

/** A code to scan and an app to open: on a phone the app comes first, elsewhere the code. */
function Scannable({ payment, instructions, label }: InstrumentProps) {
  const { t } = useBuyingWords();
  const onPhone = useMediaQuery(ON_PHONE, false, { getInitialValueInEffect: false });
  const { qrString, qrImageUrl } = instructions;
  const app = webAddress(instructions.deeplinkUrl);
  const image = qrString ? null : webAddress(qrImageUrl);
  // Where the wallet gave no code, the phone's camera opens the link that its own button would.
  const text = qrString ?? (image ? null : app);
  if (text === null && image === null) return null;
  const how = app === null ? t("pay.qrScan", { label }) : t(text === app ? "pay.qrLink" : "pay.qrWallet", { label });
  const code = (
    <div className={styles.scan}>
      <QrPicture
        key={payment.currentTransaction?.id}
        text={text}
        imageUrl={image}
        alt={t("pay.qr", { amount: money(payment.amount), label })}
        fileName={text === app ? null : `${payment.number}.png`}
      />
      <p className={styles.soft}>{how}</p>
    </div>
  );
  if (app === null) return code;
  const openApp = (
    <Button component="a" href={app} size="lg" fullWidth variant={onPhone ? "filled" : "light"} data-testid="open-app">
      {t(onPhone ? "pay.openApp" : "pay.openHere", { label })}
    </Button>
  );
  if (!onPhone) {
    return (
      <>
        {code}
        {openApp}
      </>
    );
  }
  return (
    <>
      {openApp}
      <details className={styles.fold}>
        <summary data-testid="scan-instead">{t("pay.orScan")}</summary>
        {code}
      </details>
    </>
  );
}
