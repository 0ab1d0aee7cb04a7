import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { PaymentStateFragment } from "../../graphql/generated/buying/graphql.ts";
import { money } from "../../ui/format.ts";
import { webAddress } from "../payStep.ts";
import { CopyLine } from "./CopyLine.tsx";
import styles from "./Instrument.module.css";
import { QrPicture } from "./QrPicture.tsx";
import { usePayWords } from "./usePayWords.ts";

type Instructions = NonNullable<PaymentStateFragment["currentTransaction"]>["instructions"];

interface InstrumentProps {
  readonly payment: Pick<PaymentStateFragment, "number" | "amount" | "currentTransaction">;
  readonly instructions: Instructions;
  /** The method's name. */
  readonly label: string;
}

/** What one pays with: the page, the numbers, the code or the app; only what the method has. */
export function Instrument({ payment, instructions, label }: InstrumentProps) {
  const { p } = usePayWords();
  const { vaNumber, billerCode, billKey, paymentCode } = instructions;
  const page = webAddress(instructions.redirectUrl);
  const numbers = [
    { what: p("pay.vaNumber"), shown: vaNumber, testId: "va-number" },
    { what: p("pay.billerCode"), shown: billerCode, testId: "biller-code" },
    { what: p("pay.billKey"), shown: billKey, testId: "bill-key" },
    { what: p("pay.paymentCode"), shown: paymentCode, testId: "payment-code" },
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
              what={p("pay.amount")}
              shown={money(payment.amount)}
              copied={String(payment.amount)}
              testId="amount"
            />
          </dl>
          <p className={styles.soft}>{p("pay.exact")}</p>
        </>
      )}
      {page && (
        <>
          <Button component="a" href={page} size="lg" fullWidth data-testid="pay-now">
            {p("pay.openPage")}
          </Button>
          <p className={styles.soft}>{p("pay.page")}</p>
        </>
      )}
    </div>
  );
}

/** Where the wallet's app is likely to be on this very device. */
const ON_PHONE = "(pointer: coarse), (max-width: 47.99em)";

/** A code to scan and an app to open: on a phone the app comes first, elsewhere the code. */
function Scannable({ payment, instructions, label }: InstrumentProps) {
  const { p } = usePayWords();
  const onPhone = useMediaQuery(ON_PHONE, false, { getInitialValueInEffect: false });
  const { qrString, qrImageUrl } = instructions;
  const app = webAddress(instructions.deeplinkUrl);
  const image = qrString ? null : webAddress(qrImageUrl);
  // Where the wallet gave no code, the phone's camera opens the link that its own button would.
  const text = qrString ?? (image ? null : app);
  if (text === null && image === null) return null;
  const how = app === null ? p("pay.qrScan", { label }) : p(text === app ? "pay.qrLink" : "pay.qrWallet", { label });
  const code = (
    <div className={styles.scan}>
      <QrPicture
        key={payment.currentTransaction?.id}
        text={text}
        imageUrl={image}
        alt={p("pay.qr", { amount: money(payment.amount), label })}
        fileName={text === app ? null : `${payment.number}.png`}
      />
      <p className={styles.soft}>{how}</p>
    </div>
  );
  if (app === null) return code;
  const openApp = (
    <Button component="a" href={app} size="lg" fullWidth variant={onPhone ? "filled" : "light"} data-testid="open-app">
      {p(onPhone ? "pay.openApp" : "pay.openHere", { label })}
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
        <summary data-testid="scan-instead">{p("pay.orScan")}</summary>
        {code}
      </details>
    </>
  );
}
