// A reply that came over a raw connection.
import { OslmError } from "../../errors.js";
import { shownUrl } from "../network-error.js";
import type { Answer, Origin } from "../reply.js";
import type { Vessel } from "../vessel.js";
import type { RawReply } from "./lanes.js";

/** @param keep takes the connection back once the body was read to its end */
export function createRawReply(raw: RawReply, { address, fromHub, wait }: Origin, keep: () => void): Answer {
  const { status, headers, connection, bodyBytes } = raw;
  const url = shownUrl(address);
  let isRead = false;

  async function pour(vessel: Vessel): Promise<void> {
    try {
      await connection.pour(vessel, bodyBytes, wait);
      isRead = true;
      keep();
    } catch (error) {
      const lost = connection.failure;
      connection.close();
      // What the vessel throws is no word about the network.
      throw error === lost ? wait.explain(address, error) : error;
    } finally {
      wait.done();
    }
  }

  return {
    status,
    ok: status >= 200 && status < 300,
    headers,
    url,
    address,
    fromHub,
    pour,
    async bytes(limit) {
      if (bodyBytes > limit) {
        throw new OslmError("malformed-reply", { url, reason: `is longer than ${limit} bytes`, limit });
      }
      const whole = Buffer.alloc(bodyBytes);
      let at = 0;
      await pour({
        room: () => whole.subarray(at),
        filled: (length) => {
          at += length;
        },
        freed: async () => {},
      });
      return whole;
    },
    async discard() {
      wait.done();
      if (!isRead) connection.close();
    },
  };
}
