// Large bodies over raw connections: what passes, what is left to node:http, and what goes wrong on the way.
import type { RequestListener } from "node:http";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test, vi } from "vitest";
import { createHttp, type Http, type HttpOptions } from "../../src/hub/http.js";
import { bodyLength, parseHead } from "../../src/hub/raw/head.js";
import type { Answer } from "../../src/hub/reply.js";
import type { Vessel } from "../../src/hub/vessel.js";
import { failureOf } from "../support/failure-of.js";
import { closeLater, listen, serve } from "../support/listen.js";
import { startProxy } from "../support/proxy.js";
import { bytes } from "../support/store-room.js";

/** Answers each request with these bytes, as they are; the connection stays open. */
const say = (...texts: readonly (string | Buffer)[]) =>
  listen(
    createServer((socket) => {
      let index = 0;
      socket.on("data", () => socket.write(texts[index++] ?? ""));
    }),
  );

function client(options: Partial<HttpOptions> = {}): Http {
  return closeLater(createHttp({ endpoint: "http://127.0.0.1:1", stallMs: 2000, ...options }));
}

const ask = (http: Http, url: string, signal?: AbortSignal): Promise<Answer> =>
  http.sendAgain({ url: `${url}/file`, redirects: "anywhere", signal });

const CONTENT = bytes(3_000_000);

/** Takes bytes in rooms of `size`, and lets the other side wait after each. */
class Cup implements Vessel {
  readonly #parts: Buffer[] = [];
  #room: Buffer | undefined;

  constructor(
    private readonly size: number,
    private readonly failure?: Error,
  ) {}

  room(): Buffer | undefined {
    return this.#room;
  }

  filled(length: number): void {
    this.#parts.push(Buffer.from(this.#room?.subarray(0, length) ?? []));
    this.#room = undefined;
  }

  async freed(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failure !== undefined && this.#parts.length > 3) throw this.failure;
    this.#room = Buffer.alloc(this.size);
  }

  get all(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

describe("a body", () => {
  test.each([1_000, 65_536, 1_000_000])(
    "comes in order into rooms of %i bytes, one after the other on one connection",
    async (size) => {
      const { url, sockets } = await serve((_request, response) => {
        response.writeHead(206, { "content-length": CONTENT.length, "x-name": "value" }).end(CONTENT);
      });
      const http = client();
      for (let round = 0; round < 3; round++) {
        const reply = await ask(http, url);
        expect([reply.status, reply.ok, reply.headers.get("x-name"), reply.url]).toEqual([
          206,
          true,
          "value",
          `${url}/file`,
        ]);
        const cup = new Cup(size);
        await reply.pour(cup);
        await reply.discard();
        expect(cup.all.equals(CONTENT)).toBe(true);
      }
      expect(sockets).toHaveLength(1);
    },
  );

  test("is read whole where it is small, and refused where it is too long", async () => {
    const { url } = await serve((_request, response) => response.writeHead(404, { "content-length": 4 }).end("none"));
    const http = client();
    expect((await (await ask(http, url)).bytes(4)).toString()).toBe("none");
    expect(await failureOf((await ask(http, url)).bytes(3))).toMatchObject({ code: "malformed-reply" });
  });

  test("ends where it was announced to end, within the memory that is there for more", async () => {
    const head = "HTTP/1.1 206 Partial Content\r\nContent-Length: 100000\r\n\r\n";
    const { url } = await say(Buffer.concat([Buffer.from(head), CONTENT.subarray(0, 300_000)]));
    const cup = new Cup(1_000_000);
    await (await ask(client(), url)).pour(cup);
    expect(cup.all.equals(CONTENT.subarray(0, 100_000))).toBe(true);
  });

  test("leaves no connection open that was given up", async () => {
    const { url, sockets } = await listen(
      createServer((socket) =>
        socket.on("data", () =>
          socket.write("HTTP/1.1 206 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        ),
      ),
    );
    expect((await (await ask(client(), url)).bytes(10)).toString()).toBe("abc");
    await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]));
  });

  test("what comes to a connection that rests ends it", async () => {
    const { url, sockets } = await listen(
      createServer((socket) => {
        socket.on("data", () => {
          socket.write("HTTP/1.1 206 OK\r\nContent-Length: 1\r\n\r\nx");
          setTimeout(() => socket.write("HTTP/1.1 206 OK\r\nContent-Length: 1\r\n\r\nEVIL"), 20);
        });
      }),
    );
    const http = client();
    await (await ask(http, url)).bytes(1);
    await vi.waitFor(() => expect(sockets[0]?.destroyed).toBe(true));
    expect((await (await ask(http, url)).bytes(1)).toString()).toBe("x");
  });

  test("comes over https from the host that is named there", async () => {
    const names: (string | false)[] = [];
    const { url } = await listen(
      createTlsServer({ SNICallback: (name, done) => done(null, void names.push(name)) }, () => {}),
    );
    const failure = await failureOf(ask(client(), url.replace("http://127.0.0.1", "https://localhost")));
    expect([failure.code, names]).toEqual(["network", ["localhost"]]);
  });

  test("that is not wanted ends its connection", async () => {
    const { url, sockets } = await serve((_request, response) => {
      response.writeHead(206, { "content-length": CONTENT.length }).end(CONTENT);
    });
    const http = client();
    await (await ask(http, url)).discard();
    await (await ask(http, url)).pour(new Cup(65_536));
    expect(sockets).toHaveLength(2);
  });

  test("of the announced length is all that is taken: what follows is no answer to the next question", async () => {
    const head = "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\n";
    const { url, sockets } = await say(`${head}abcHTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nxyz`);
    const http = client();
    for (let round = 0; round < 2; round++) {
      expect((await (await ask(http, url)).bytes(10)).toString()).toBe("abc");
    }
    expect(sockets).toHaveLength(2);
  });
});

describe("left to node:http are", () => {
  test.each([
    ["chunks", "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
    ["bodies without a length", "HTTP/1.1 206 Partial Content\r\nConnection: close\r\n\r\nabc"],
    ["HTTP/1.0", "HTTP/1.0 206 Partial Content\r\nContent-Length: 3\r\n\r\nabc"],
    [
      "interim replies",
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 206 OK\r\nContent-Length: 3\r\n\r\nabc",
    ],
  ])("%s", async (_name, text) => {
    const { url, sockets } = await listen(createServer((socket) => socket.once("data", () => socket.end(text))));
    const http = client();
    for (let round = 0; round < 2; round++) {
      const reply = await ask(http, url);
      expect([reply.status, (await reply.bytes(10)).toString()]).toEqual([206, "abc"]);
    }
    // Asked twice the first time only.
    expect(sockets).toHaveLength(3);
  });

  test("redirects", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/file") response.writeHead(302, { location: "/other", "content-length": 0 }).end();
      else response.end("there");
    });
    const reply = await ask(client(), url);
    expect([reply.address.endsWith("/other"), (await reply.bytes(10)).toString()]).toEqual([true, "there"]);
  });

  test("addresses behind a proxy", async () => {
    const proxy = closeLater(await startProxy());
    const { url } = await serve((_request, response) => response.end("through"));
    const http = client({ proxyFor: () => new URL(proxy.url) });
    expect((await (await ask(http, url)).bytes(10)).toString()).toBe("through");
    expect(proxy.requests).toEqual([`GET ${url}/file`]);
  });
});

describe("what goes wrong", () => {
  const HEAD = "HTTP/1.1 206 Partial Content\r\nContent-Length: 100\r\n\r\n";

  test.each(["while it rests", "when it is asked again"])(
    "a kept connection that the server closes %s is made anew",
    async (when) => {
      const { url, sockets } = await serve((_request, response) => {
        response.writeHead(206, { "content-length": 1 }).end("x");
      });
      const http = client();
      await (await ask(http, url)).bytes(1);
      sockets[0]?.resetAndDestroy();
      if (when === "while it rests") await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await (await ask(http, url)).bytes(1)).toString()).toBe("x");
      expect(sockets).toHaveLength(2);
    },
  );

  test.each([
    ["a connection that breaks in the head", (socket: Socket) => socket.end("HTTP/1.1 206 Par")],
    ["a connection that breaks in the body", (socket: Socket) => socket.end(`${HEAD}half`)],
    ["a reset", (socket: Socket) => socket.write(`${HEAD}half`, () => socket.resetAndDestroy())],
    ["silence in the head", (socket: Socket) => socket.write("HTTP/1.1 206 Par")],
    ["silence in the body", (socket: Socket) => socket.write(`${HEAD}half`)],
  ])("%s", async (_name, answer) => {
    const { url } = await listen(
      createServer((socket) => void socket.on("error", () => {}).once("data", () => answer(socket))),
    );
    const http = client({ stallMs: 200 });
    const failure = await failureOf(ask(http, url).then((reply) => reply.pour(new Cup(10))));
    expect(failure).toMatchObject({ code: "network", facts: { url: `${url}/file` } });
  });

  test("a server that drips is left", async () => {
    const { url } = await listen(
      createServer((socket) => {
        socket.on("error", () => {}).write(HEAD);
        const timer = setInterval(() => socket.write("."), 20);
        socket.on("close", () => clearInterval(timer));
      }),
    );
    const failure = await failureOf(ask(client({ stallMs: 200 }), url).then((reply) => reply.pour(new Cup(10))));
    expect(failure).toMatchObject({
      code: "network",
      facts: { reason: expect.stringMatching(/^only \d+ bytes came in 0\.\d s/) },
    });
  });

  test("the caller's abort ends it with its reason", async () => {
    const { url } = await say(`${HEAD}half`);
    const abort = new AbortController();
    const reply = await ask(client(), url, abort.signal);
    setTimeout(() => abort.abort(new Error("enough")), 20);
    await expect(reply.pour(new Cup(10))).rejects.toThrow("enough");
  });

  test("what the vessel throws ends it, and the connection", async () => {
    const { url, sockets } = await serve((_request, response) => {
      response.writeHead(206, { "content-length": CONTENT.length }).end(CONTENT);
    });
    const http = client();
    const reply = await ask(http, url);
    await expect(reply.pour(new Cup(1_000, new Error("the disk is full")))).rejects.toThrow("the disk is full");
    await (await ask(http, url)).pour(new Cup(65_536));
    expect(sockets).toHaveLength(2);
  });

  test("offline, nothing is asked", async () => {
    expect(await failureOf(ask(client({ offline: true }), "http://127.0.0.1:1"))).toMatchObject({
      code: "offline",
    });
  });
});

test("the token goes to the Hub's own origin and to no other", async () => {
  const seen: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(206, { "content-length": 1 }).end("x");
  };
  const [hub, other] = [await serve(listener), await serve(listener)];
  const http = client({ endpoint: new URL(hub.url).origin, token: "hf_secret" });
  for (const { url } of [hub, other]) await (await ask(http, url)).bytes(1);
  expect(seen).toEqual(["Bearer hf_secret", undefined]);
});

describe("a head", () => {
  const parse = (text: string) => parseHead(Buffer.from(text, "latin1"));

  test("is read up to its empty line", () => {
    const head = parse('HTTP/1.1 206 Partial Content\r\nContent-Length: 12 \r\nETag:"a"\r\n\r\nbody');
    expect(head).toMatchObject({ status: 206, length: 63 });
    if (head === undefined || head === "incomplete") throw new Error("no head");
    expect([head.headers.get("etag"), bodyLength(head)]).toEqual(['"a"', 12]);
  });

  test.each(["", "HTTP/1.1 206 OK\r\nA: b\r\n", "HTTP/1.1 206 OK\r\nA: b\r\n\r"])("%j is not whole yet", (text) => {
    expect(parse(text)).toBe("incomplete");
  });

  test.each([
    ["a folded line", "HTTP/1.1 206 OK\r\nA: b\r\n c\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 206 OK\r\nContent-Length : 3\r\n\r\n"],
    ["no colon", "HTTP/1.1 206 OK\r\nnonsense\r\n\r\n"],
    ["a line end of its own", "HTTP/1.1 206 OK\r\nA: b\nContent-Length: 3\r\n\r\n"],
    ["a zero", "HTTP/1.1 206 OK\r\nA: b\0\r\n\r\n"],
    ["an empty name", "HTTP/1.1 206 OK\r\n: b\r\n\r\n"],
    ["an interim status", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["another protocol", "SSH-2.0-x\r\n\r\n"],
    ["control characters", "HTTP/1.1 206 OK\r\nETag: \x1b[31m\r\n\r\n"],
    ["the beginning of another protocol", "SSH-"],
    ["more than 16 KiB", `HTTP/1.1 206 OK\r\nA: ${"b".repeat(17_000)}`],
  ])("with %s is left", (_name, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test.each([
    "Content-Length: 3\r\nContent-Length: 4",
    "Content-Length: -3",
    "Content-Length: 3, 3",
    "Content-Length: 0x10",
    "Content-Length: 3\r\nTransfer-Encoding: chunked",
    "Connection: close",
  ])("with %j has no plain length", (lines) => {
    const head = parse(`HTTP/1.1 206 OK\r\n${lines}\r\n\r\n`);
    if (head === undefined || head === "incomplete") throw new Error("no head");
    expect(bodyLength(head)).toBeUndefined();
  });
});
