// Requests and bodies at the level of sockets.
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { createHttp, type Http } from "../../src/hub/http.js";
import { failureOf } from "../support/failure-of.js";
import { closeLater, listen, serve } from "../support/listen.js";

/** Says these bytes to everybody and ends. */
const say = (text: string) => listen(createServer((socket) => socket.end(text)));

function client(endpoint: string, token?: string): Http {
  return closeLater(createHttp({ endpoint, stallMs: 2000, ...(token && { token }) }));
}

const get = (http: Http, url: string, signal?: AbortSignal) => http.send({ url, redirects: "anywhere", signal });

describe("connections", () => {
  test("are used again, after small bodies that nobody read too", async () => {
    const { url, sockets } = await serve((_request, response) => response.end("small"));
    const http = client(url);
    for (let round = 0; round < 3; round++) {
      expect((await (await get(http, url)).bytes(100)).toString()).toBe("small");
      await (await get(http, url)).discard();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(sockets).toHaveLength(1);
  });

  test("closed by the server while idle are made anew", async () => {
    const { url, sockets } = await serve((_request, response) => response.end("x"));
    const http = client(url);
    await (await get(http, url)).bytes(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Both ends act at the same time: the client cannot know yet.
    sockets[0]?.resetAndDestroy();
    expect((await (await get(http, url)).bytes(1)).toString()).toBe("x");
    expect(sockets).toHaveLength(2);
  });

  test("of a long body are closed by whoever leaves it early", async () => {
    const { url, sockets } = await serve((_request, response) => {
      const write = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once("drain", write);
      };
      write();
    });
    const http = client(url);
    for await (const chunk of (await get(http, url)).chunks()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await (await get(http, url)).discard();
    await expect.poll(() => sockets.map((socket) => socket.destroyed)).toEqual([true, true]);
  });

  test("idle ones are closed by close()", async () => {
    const { url, sockets } = await serve((_request, response) => response.end("x"));
    const http = client(url);
    await (await get(http, url)).bytes(1);
    http.close();
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
  });
});

describe("bodies", () => {
  test("wait for a slow reader instead of filling the memory", async () => {
    const size = 64 * 1024 * 1024;
    let sent = 0;
    const { url } = await serve((_request, response) => {
      response.setHeader("content-length", size);
      const piece = Buffer.alloc(1024 * 1024);
      const write = (): void => {
        while (sent < size) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once("drain", write);
        }
        response.end();
      };
      write();
    });
    const chunks = (await get(client(url), url)).chunks();
    let length = (await chunks.next()).value?.length ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the kernel holds is a few megabytes.
    expect(sent).toBeLessThan(size / 2);
    for await (const chunk of chunks) length += chunk.length;
    expect(length).toBe(size);
  });

  test.each([
    ["a length that is not reached", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"],
    ["chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"],
    ["chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n"],
  ])("of %s are a failure", async (_what, text) => {
    const { url } = await say(text);
    const reply = await get(client(url), url);
    expect(await failureOf(reply.bytes(1000))).toMatchObject({ code: "network", facts: { url: `${url}/` } });
  });

  test.each([
    ["no HTTP", "SSH-2.0-OpenSSH\r\n", /not HTTP/],
    ["nothing", "", /connection was lost/],
    ["a head that does not end", "HTTP/1.1 200 OK\r\nX: 1", /connection was lost|not HTTP/],
    ["a head that is too long", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`, /not HTTP/],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", /not HTTP/],
  ])("a server that says %s is a network failure", async (_what, text, reason) => {
    const { url } = await say(text);
    const facts = { reason: expect.stringMatching(reason) };
    expect(await failureOf(get(client(url), url))).toMatchObject({ code: "network", facts });
  });

  test.each([
    [2, "network"],
    [200, "the body"],
  ])("of %i bytes every 20 ms end as: %s", async (length, end) => {
    const { url } = await serve((_request, response) => {
      let left = 1_000;
      const timer = setInterval(() => {
        response.write(Buffer.alloc(length));
        left -= 20;
        if (left <= 0) response.end();
      }, 20);
      response.on("close", () => clearInterval(timer));
    });
    const reply = await get(createHttp({ endpoint: url, stallMs: 300 }), url);
    if (end !== "network") return expect((await reply.bytes(100_000)).length).toBe(50 * length);
    const facts = { reason: expect.stringMatching(/^only \d+ bytes came in 0\.\d seconds$/) };
    expect(await failureOf(reply.bytes(100_000))).toMatchObject({ code: "network", facts });
  });

  test("that begin fast and then drip are left too", async () => {
    const { url } = await serve((_request, response) => {
      response.write(Buffer.alloc(100_000));
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    const reply = await get(createHttp({ endpoint: url, stallMs: 300 }), url);
    expect((await failureOf(reply.bytes(1_000_000))).code).toBe("network");
  });

  test("that come in time are not called a drip for the time that their reader takes", async () => {
    const { url } = await serve((_request, response) => {
      response.write("one");
      setTimeout(() => response.end("two"), 20);
    });
    let text = "";
    for await (const piece of (await get(createHttp({ endpoint: url, stallMs: 300 }), url)).chunks()) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      text += piece.toString();
    }
    expect(text).toBe("onetwo");
  });

  test("an abort while one is read comes out as it was given", async () => {
    const { url } = await serve((_request, response) => void response.write("begun"));
    const [controller, reason] = [new AbortController(), new Error("Ctrl-C")];
    const reply = await get(client(url), url, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await expect(reply.bytes(100)).rejects.toBe(reason);
  });
});

describe("addresses", () => {
  test("of other hosts get no token, and the reply tells the whole address that answered", async () => {
    const seen: (string | undefined)[] = [];
    const storage = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end("file");
    });
    const hub = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${storage.url}/f?Signature=s%2Fx` }).end();
    });
    const http = client(hub.url, "hf_secret");
    const reply = await get(http, `${hub.url}/f`);
    const facts = { url: `${storage.url}/f`, address: `${storage.url}/f?Signature=s%2Fx`, fromHub: false, status: 200 };
    expect(reply).toMatchObject(facts);
    expect((await reply.bytes(10)).toString()).toBe("file");
    await (await get(http, reply.address)).discard();
    expect(seen).toEqual(["Bearer hf_secret", undefined, undefined]);
  });

  test("with a password in them are not followed", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(302, { location: "http://me:secret@127.0.0.1:1/" }).end();
    });
    const failure = await failureOf(get(client(url), url));
    expect(failure).toMatchObject({ code: "malformed-reply", facts: { reason: "the address holds a password" } });
    expect(failure.message).not.toContain("secret");
  });
});
