// Numbers of 8 and 16 bits, against definitions that are written differently.
import { expect, it } from "vitest";
import { plainEncoder } from "../../src/convert/encode.js";
import { toBf16, toF16, toFloats } from "../../src/convert/floats.js";
import { random } from "../support/random.js";

const all = (count: number) => Array.from({ length: count }, (_, i) => i);
const bits16 = Uint16Array.from(all(65536));
const asBytes = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The value by scaling its parts, as the standards write them. */
function value(sign: number, exponent: number, fraction: number, bias: number, bits: number): number {
  const size = 2 ** bits;
  return (
    (sign ? -1 : 1) *
    (exponent === 0 ? (fraction / size) * 2 ** (1 - bias) : (1 + fraction / size) * 2 ** (exponent - bias))
  );
}

it("reads every half, and writes it again", () => {
  const floats = toFloats("F16", asBytes(bits16));
  const again = toF16(floats);
  const wrong = bits16.filter((bits) => {
    const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023];
    const expected =
      exponent === 31 ? (fraction ? Number.NaN : sign ? -Infinity : Infinity) : value(sign, exponent, fraction, 15, 10);
    return !Object.is(floats[bits], expected) || (!Number.isNaN(expected) && again[bits] !== bits);
  });
  expect([...wrong]).toEqual([]);
});

it("reads every bfloat16, and writes it again", () => {
  const floats = toFloats("BF16", asBytes(bits16));
  const wide = Uint32Array.from(bits16, (bits) => bits << 16);
  expect(Buffer.compare(asBytes(floats), asBytes(wide))).toBe(0);
  const again = toBf16(floats);
  expect([...bits16.filter((bits) => !Number.isNaN(floats[bits]) && again[bits] !== bits)]).toEqual([]);
});

it("rounds halves to the nearest, ties to even", () => {
  const known = toFloats("F16", asBytes(bits16.subarray(0, 0x7c00)));
  const { next } = random(4);
  const tries: number[] = [65504, 65519.99, 65520, 1e9, 2 ** -24, 2 ** -25, 2 ** -25 * 1.0001, 2 ** -14, 0, -0];
  for (let i = 0; i < 3000; i++) tries.push((next() - 0.5) * 2 ** (40 * (next() - 0.6)));
  for (let i = 0; i < 1000; i++) {
    const at = Math.floor(next() * 0x7bff);
    // Exactly between two of them.
    tries.push(((known[at] as number) + (known[at + 1] as number)) / 2);
  }
  const floats = Float32Array.from(tries);
  const halves = toF16(floats);
  for (const [i, float] of floats.entries()) {
    const magnitude = Math.abs(float);
    const got = (halves[i] as number) & 0x7fff;
    if (magnitude >= 65520) expect(got).toBe(0x7c00);
    else {
      const near = Math.abs((known[got] as number) - magnitude);
      for (const other of [got - 1, got + 1].filter((bits) => bits >= 0 && bits < 0x7c00)) {
        const far = Math.abs((known[other] as number) - magnitude);
        expect(near < far || (near === far && got % 2 === 0)).toBe(true);
      }
    }
    expect((halves[i] as number) >> 15).toBe(Object.is(Math.sign(float), -0) || float < 0 ? 1 : 0);
  }
});

it("rounds bfloat16 to the nearest, ties to even, and keeps NaN", () => {
  const bits = Uint32Array.of(0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0x7f800001, 0x7f7fffff, 0xff800000);
  const rounded = toBf16(new Float32Array(bits.buffer));
  expect([...rounded].map((one) => one.toString(16))).toEqual(["3f80", "3f82", "3f81", "3f80", "7fc0", "7f80", "ff80"]);
});

it("reads every number of 8 bits", () => {
  const bytes = Uint8Array.from(all(256));
  const [e4m3, e5m2] = [toFloats("F8_E4M3", bytes), toFloats("F8_E5M2", bytes)];
  for (const bits of bytes) {
    const sign = bits >> 7;
    const four = (bits & 127) === 127 ? Number.NaN : value(sign, (bits >> 3) & 15, bits & 7, 7, 3);
    expect(Object.is(e4m3[bits], four)).toBe(true);
    const top = (bits >> 2) & 31;
    const five = top === 31 ? (bits & 3 ? Number.NaN : sign ? -Infinity : Infinity) : value(sign, top, bits & 3, 15, 2);
    expect(Object.is(e5m2[bits], five)).toBe(true);
  }
  expect([e4m3[0x7e], e5m2[0x7b]]).toEqual([448, 57344]);
});

it("translates 16 bits into 16 bits as by floats in between, from any place in a buffer", async () => {
  const shifted = new Uint8Array(65536 * 2 + 1);
  shifted.set(asBytes(bits16), 1);
  const encode = plainEncoder();
  const translate = async (type: "F16" | "BF16", to: string, bytes: Uint8Array) =>
    encode(to, { type, bytes, perRow: 256, row: 0, tensor: "x", dims: [256, 256] });
  for (const bytes of [asBytes(bits16), shifted.subarray(1)]) {
    const halves = await translate("BF16", "F16", bytes);
    expect(Buffer.compare(halves, asBytes(toF16(toFloats("BF16", asBytes(bits16)))))).toBe(0);
    const brains = await translate("F16", "BF16", bytes);
    expect(Buffer.compare(brains, asBytes(toBf16(toFloats("F16", asBytes(bits16)))))).toBe(0);
  }
  // Fewer than before, in the same room.
  expect(await translate("F16", "BF16", asBytes(bits16.slice(0x3c00, 0x3c02)))).toEqual(
    Uint8Array.of(128, 63, 128, 63),
  );
});

it("refuses integers as weights", () => {
  expect(() => toFloats("I32", new Uint8Array(4))).toThrow(expect.objectContaining({ code: "unsupported-checkpoint" }));
});
