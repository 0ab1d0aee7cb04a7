import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { GatewayUnavailable } from "../../domain/kernel/errors.ts";
import { SECOND_MS } from "../../domain/kernel/time.ts";
import { type MailGateway, MailRefused } from "../../domain/notice/noticeGateway.ts";
import { assertOutsideTransaction } from "../../platform/db.ts";

const GATEWAY = "smtp";
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;
/** Silence after which a conversation is given up. Below the queue's lock, so that no second run begins meanwhile. */
const SILENCE_TIMEOUT_MS = 30 * SECOND_MS;
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;
/** This machine: what is said here nobody hears on the way. */
const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
const REFUSAL_MIN = 400; // RFC 5321 4.2.1: 4yz and 5yz say that the mail was not taken

interface Server {
  readonly options: ConstructorParameters<typeof SMTPConnection>[0];
  readonly auth: { readonly user: string; readonly pass: string } | null;
  readonly from: string;
}

/**
 * `smtp://user:password@host:587?from=Toko%20<toko@example.id>`; smtps:// speaks TLS from the start, smtp:// takes it
 * up where the server offers it, and gives its password to another machine by TLS alone. Without `from` the sender is
 * the user where that is an address, else no-reply at our host.
 */
function readServer(smtpUrl: string, publicUrl: string): Server {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === "smtps:";
  if (!isSecure && url.protocol !== "smtp:") throw new Error("SMTP_URL begins with smtp:// or smtps://");
  const user = decodeURIComponent(url.username);
  const ownHost = new URL(publicUrl).hostname;
  return {
    options: {
      host: url.hostname,
      port: Number(url.port) || (isSecure ? SUBMISSIONS_PORT : SUBMISSION_PORT),
      secure: isSecure,
      requireTLS: user !== "" && !LOOPBACK.test(url.hostname),
      name: ownHost,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
    },
    auth: user === "" ? null : { user, pass: decodeURIComponent(url.password) },
    from: url.searchParams.get("from") ?? `Lunas <${user.includes("@") ? user : `no-reply@${ownHost}`}>`,
  };
}

/** The text of a mail as a stream that tells when the server begins to take it: until then nothing has gone out. */
function watched(message: Buffer, onBegin: () => void): Readable {
  return Readable.from(
    (function* () {
      onBegin();
      yield message;
    })(),
  );
}

function converse(server: Server, envelope: { from: string; to: string[] }, message: Readable): Promise<void> {
  const connection = new SMTPConnection(server.options);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sendIt = () => connection.send(envelope, message, (error) => (error ? reject(error) : resolve()));
  connection.on("error", reject);
  connection.on("end", () => reject(new Error("the connection ended")));
  connection.connect((error) => {
    if (error) return reject(error);
    if (server.auth === null) return sendIt();
    connection.login({ credentials: server.auth }, (failure) => (failure ? reject(failure) : sendIt()));
  });
  return promise.finally(() => connection.close());
}

/** True where the server has refused the recipient or the text: who sends, and that he may, it has accepted. */
const isOfMail = (error: unknown): boolean =>
  ["RCPT TO", "DATA"].includes(String((error as { command?: unknown } | null)?.command));

/**
 * Sends mails by SMTP, one connection a mail: there are few, and none then depends on another. Every mail carries its
 * id as Message-ID, so that a copy can be told from a second mail.
 *
 * @param publicUrl its host stands in Message-IDs and in the sender's address
 */
export function createMailer(smtpUrl: string, publicUrl: string): MailGateway {
  const server = readServer(smtpUrl, publicUrl);
  const { hostname } = new URL(publicUrl);
  return {
    async send({ id, to, subject, text, html }) {
      assertOutsideTransaction("sending a mail");
      const compiled = new MailComposer({
        from: server.from,
        to,
        subject,
        text,
        html,
        messageId: `<${id}@${hostname}>`,
      }).compile();
      const envelope = compiled.getEnvelope();
      let hasBegun = false;
      const message = watched(await compiled.build(), () => {
        hasBegun = true;
      });
      try {
        await converse(server, { from: envelope.from || "", to: envelope.to }, message);
      } catch (error) {
        const code = (error as { responseCode?: unknown }).responseCode;
        const isRefused = typeof code === "number" && code >= REFUSAL_MIN;
        const why = isRefused
          ? `refused with ${code}`
          : `failed with ${(error as { code?: unknown }).code ?? "no answer"}`;
        // The server's own words may quote the recipient, so they are not passed on.
        const Unavailable = isRefused && isOfMail(error) ? MailRefused : GatewayUnavailable;
        throw new Unavailable(GATEWAY, `the mail server ${why}`, isRefused || !hasBegun ? "none" : "unknown");
      }
    },
  };
}
