import { expect, it } from "vitest";
import { nearestQuant, nearestSize } from "../../src/model/nearest.js";

it("names the quantization with the most similar number of bits", () => {
  const available = ["Q2_K", "unknown", "Q4_K_M", "Q5_K_M", "Q8_0"];
  expect(nearestQuant("Q5_K_S", available)).toBe("Q5_K_M");
  expect(nearestQuant("F16", available)).toBe("Q8_0");
  expect(nearestQuant("IQ1_S", available)).toBe("Q2_K");
  expect(nearestQuant("unknown", available)).toBe("Q2_K");
  expect(nearestQuant("Q4_0", [])).toBeUndefined();
});

it("names the size with the most similar number of parameters", () => {
  const sizes = ["270m", "1b", "tiny", "27b"];
  expect(nearestSize("99b", sizes)).toBe("27b");
  expect(nearestSize("0.3b", sizes)).toBe("270m");
  expect(nearestSize("2B", sizes)).toBe("1b");
  expect(nearestSize("huge", sizes)).toBe("270m");
  expect(nearestSize("9b", ["e2b", "e4b", "26b"])).toBe("e4b");
});
