import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** What the server does with the next mail. */
export type SmtpMood =
  | "takes"
  | "refusesLogin"
  | "refusesRecipient"
  | "refusesText"
  /** Hangs up when the text begins to come, before it has said whether it takes it. */
  | "vanishesInText"
  /** Has the whole mail and hangs up instead of saying so. */
  | "vanishesAfterText"
  | "vanishesBeforeText";

export interface SmtpServer {
  readonly url: string;
  /** Every mail of which the whole text arrived, taken or not. */
  readonly mails: string[];
  /** The accounts that signed in, as `user:password`. */
  readonly logins: string[];
  mood: SmtpMood;
  stop(): Promise<void>;
}

/** One conversation: replies to each line by the server's mood. */
function converse(socket: Socket, server: SmtpServer): void {
  let pending = "";
  let text: string[] | null = null;
  const say = (reply: string) => socket.write(`${reply}\r\n`);
  const onLine = (line: string): void => {
    if (text) {
      if (server.mood === "vanishesInText") return void socket.destroy();
      if (line !== ".") return void text.push(line);
      server.mails.push(text.join("\n"));
      text = null;
      if (server.mood === "vanishesAfterText") return void socket.destroy();
      return void say(server.mood === "refusesText" ? "554 no" : "250 taken");
    }
    const word = line.slice(0, 4).toUpperCase();
    if (word === "RCPT" && server.mood === "refusesRecipient") return void say("550 no such person");
    if (word === "RCPT" && server.mood === "vanishesBeforeText") return void socket.destroy();
    if (word === "DATA") {
      text = [];
      return void say("354 go on");
    }
    if (word === "EHLO") return void say("250-here\r\n250 AUTH PLAIN");
    if (word === "AUTH") {
      const [, user, password] = Buffer.from(line.split(" ")[2] ?? "", "base64")
        .toString("utf8")
        .split("\0");
      server.logins.push(`${user}:${password}`);
      return void say(server.mood === "refusesLogin" ? "535 no" : "235 in");
    }
    say(word === "QUIT" ? "221 bye" : "250 ok");
  };
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const lines = (pending + chunk.toString("utf8")).split("\r\n");
    pending = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  say("220 ready");
}

/** A mail server on a free port, for tests of what becomes of a mail when it misbehaves. */
export async function startSmtpServer(): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    converse(socket, server);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const server: SmtpServer = {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    mails: [],
    logins: [],
    mood: "takes",
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
  return server;
}
