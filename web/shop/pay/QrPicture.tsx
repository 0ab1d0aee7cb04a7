import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Bone } from "../../ui/Bone.tsx";
import { useBuyingWords } from "../../ui/useBuyingWords.ts";
import styles from "./Instrument.module.css";

/** Shown at a third of it: a saved picture is read by an app that may shrink it. */
const PICTURE_PX = 768;
/** What the standard asks for around a code, in its modules; cameras fail without it. */
const QUIET_MODULES = 4;
const SHOWN_PX = 264;

async function draw(text: string): Promise<string> {
  const { toDataURL } = await import("qrcode");
  return toDataURL(text, { width: PICTURE_PX, margin: QUIET_MODULES, errorCorrectionLevel: "M" });
}

interface QrPictureProps {
  /** What the code says; it is drawn here. */
  readonly text: string | null;
  /** A picture of the gateway's, where it gave nothing else. */
  readonly imageUrl: string | null;
  readonly alt: string;
  /** For a picture worth keeping: what is saved and opened on the same phone. */
  readonly fileName: string | null;
}

/** A QR code to be scanned from the screen, or saved and opened on the same phone. */
export function QrPicture({ text, imageUrl, alt, fileName }: QrPictureProps) {
  const { t } = useBuyingWords();
  const [drawn, setDrawn] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (text === null) return;
    let current = true;
    draw(text).then(
      (picture) => current && setDrawn(picture),
      () => current && setBroken(true),
    );
    return () => {
      current = false;
    };
  }, [text]);
  const source = text === null ? imageUrl : drawn;
  if (broken) {
    return (
      <p className={styles.broken} role="alert">
        {t("pay.qrBroken")}
      </p>
    );
  }
  return (
    <figure className={styles.qr}>
      {source ? (
        <img
          src={source}
          alt={alt}
          width={SHOWN_PX}
          height={SHOWN_PX}
          onError={() => setBroken(true)}
          data-testid="qr"
        />
      ) : (
        <Bone height={SHOWN_PX} width={SHOWN_PX} />
      )}
      {drawn && fileName && (
        <figcaption>
          <Button component="a" href={drawn} download={fileName} variant="subtle" size="sm" data-testid="qr-save">
            {t("pay.qrSave")}
          </Button>
        </figcaption>
      )}
    </figure>
  );
}
