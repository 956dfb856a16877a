// What a pull takes along of what pulls of other commits have fetched.
import { expect, it } from "vitest";
import { fetchedBefore, freeAll } from "../../src/app/convert/free-checkpoint.js";
import { FetchedList } from "../../src/store/fetched-list.js";
import { openRoom, repoId } from "../support/store-room.js";

it("leaves what somebody else has named in the new commit by then", async () => {
  const files = { "a.bin": Buffer.from("aaaa"), "b.bin": Buffer.from("bbbb"), "c.bin": Buffer.from("cccc") };
  const room = await openRoom([{ id: "org/m", files }]);
  try {
    const before = await room.snapshot("org/m");
    await room.fetch(before);
    await room.store.nameFiles(before, before.files);
    const [a, b, c] = before.files;
    if (a === undefined || b === undefined || c === undefined) throw new Error("no files");
    await new FetchedList(room.state, before.repo, before.commit).add([a, b]);
    await room.fake.push({ id: "org/m", files: { ...files, "d.bin": Buffer.from("dddd") } });
    const after = await room.snapshot("org/m");
    expect(after.commit).not.toBe(before.commit);
    await room.store.nameFiles(after, [b]);
    const taken = await fetchedBefore(room.store, after, after.files);
    expect(taken.map(({ path }) => path)).toEqual(["a.bin"]);
    await new FetchedList(room.state, after.repo, after.commit).add(taken);
    await room.store.nameFiles(after, [a]);
    expect(await freeAll(room.store, repoId("org/m"), "left")).toBe(4);
    expect((await room.blobs("org/m")).length).toBe(2);
    expect(await FetchedList.all(room.state, repoId("org/m"))).toEqual([]);
  } finally {
    await room.close();
  }
});
