// Connections follow the throughput: windows of a simulated line, no clock.
import { expect, test } from "vitest";
import { Budget, FIRST_CONNECTIONS, MAX_CONNECTIONS } from "../../src/download/budget.js";

/** Windows over a line of so much per connection, and so much in all. */
function run(budget: Budget, windows: number, each: number, all: number): number[] {
  return Array.from({ length: windows }, () => {
    budget.tick(Math.min(budget.limit * each, all), true);
    return budget.limit;
  });
}

test("grows to the most while every connection adds", () => {
  const budget = new Budget();
  expect(budget.limit).toBe(FIRST_CONNECTIONS);
  expect(run(budget, 4, 10, 1e9)).toEqual([4, 8, 16, 16]);
  expect(MAX_CONNECTIONS).toBe(16);
});

test("goes back to what was enough when the line is full", () => {
  const budget = new Budget();
  // Four fill it: eight bring nothing.
  expect(run(budget, 3, 10, 40)).toEqual([4, 8, 4]);
  expect(run(budget, 30, 10, 40).every((limit) => limit === 4)).toBe(true);
});

test("tries again later, since lines change", () => {
  const budget = new Budget();
  run(budget, 3, 10, 40);
  expect(Math.max(...run(budget, 60, 10, 1e9))).toBe(16);
});

test("does not grow on what idle connections or silence say", () => {
  const budget = new Budget();
  for (let window = 0; window < 10; window++) budget.tick(1000, false);
  for (let window = 0; window < 10; window++) budget.tick(0, true);
  expect(budget.limit).toBe(FIRST_CONNECTIONS);
});

test("halves when a server says that it is too much, and stays there for a minute", () => {
  const budget = new Budget();
  run(budget, 4, 10, 1e9);
  budget.backOff();
  expect(budget.limit).toBe(8);
  expect(run(budget, 200, 10, 1e9).at(-1)).toBe(8);
  for (let times = 0; times < 9; times++) budget.backOff();
  expect(budget.limit).toBe(1);
});
