import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { probeHost } from "../../src/fit/probe/host.js";
import { type Readers, realReaders } from "../../src/fit/probe/readers.js";
import { ADDRESS_RESERVE } from "../../src/fit/probe/rlimits.js";
import type { Host } from "../../src/model/types.js";
import { Home } from "../support/oslm.js";

const GIB = 2 ** 30;
const MEMINFO =
  "MemTotal:       16384000 kB\nMemFree:          500000 kB\nMemAvailable:    8192000 kB\nBuffers: 1 kB\n";
const KIB = 1024;

interface World {
  readonly files?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
}
const readers = ({ files = {}, programs = {} }: World, more: Partial<Readers> = {}): Readers => ({
  platform: "linux",
  arch: "x64",
  totalMemory: 16 * GIB,
  freeMemory: 1 * GIB,
  parallelism: 16,
  constrainedMemory: 0,
  visibleDevices: undefined,
  readText: async (path) => files[path] ?? null,
  run: async (program, args) => programs[[program, ...args].join(" ")] ?? programs[program] ?? null,
  ...more,
});
const probe = (world: World, more?: Partial<Readers>) => probeHost(readers(world, more));
const linux = (files: Record<string, string>) => ({ files: { "/proc/meminfo": MEMINFO, ...files } });

describe("memory on Linux", () => {
  it("is what /proc/meminfo calls available, not what is free", async () => {
    expect(await probe(linux({}))).toMatchObject({ ramTotal: 16_384_000 * KIB, ramAvailable: 8_192_000 * KIB });
  });

  it("falls back to the system call where /proc tells nothing", async () => {
    expect(await probe({})).toMatchObject({ ramTotal: 16 * GIB, ramAvailable: 1 * GIB });
  });

  it("is limited by the own control group, file pages not counted as used", async () => {
    const group = "/sys/fs/cgroup/system.slice/job.service";
    const host = await probe(
      linux({
        "/proc/self/cgroup": "0::/system.slice/job.service\n",
        [`${group}/memory.max`]: `${4 * GIB}\n`,
        [`${group}/memory.current`]: `${3 * GIB}\n`,
        [`${group}/memory.stat`]: `anon 1\ninactive_file ${GIB}\nactive_file 5\n`,
      }),
    );
    expect(host).toMatchObject({ ramTotal: 4 * GIB, ramAvailable: 2 * GIB + 5 });
  });

  it.each([
    ["2", "0::/a\n", "/sys/fs/cgroup/a", ["memory.max", "memory.current"], ["file_dirty", "file_writeback"], ""],
    [
      "1",
      "12:memory:/a\n",
      "/sys/fs/cgroup/memory/a",
      ["memory.limit_in_bytes", "memory.usage_in_bytes"],
      ["dirty", "writeback"],
      "total_",
    ],
  ])(
    "version %s: a file read twice leaves as much as one read once, written pages apart",
    async (_, own, group, [max, used], [dirty, writing], prefix) => {
      const left = async (inactive: number, active: number, unwritten = 0) => {
        const stat = {
          inactive_file: inactive,
          active_file: active,
          [dirty ?? ""]: unwritten,
          [writing ?? ""]: unwritten,
        };
        const host = await probe(
          linux({
            "/proc/self/cgroup": own,
            [`${group}/${max}`]: `${1000e6}`,
            [`${group}/${used}`]: `${500e6}`,
            [`${group}/memory.stat`]: `shmem 7\n${Object.entries(stat)
              .map(([name, bytes]) => `${prefix}${name} ${bytes}\n`)
              .join("")}`,
          }),
        );
        return host.ramAvailable;
      };
      expect(await left(432e6, 12e6)).toBe(944e6);
      expect(await left(29e6, 415e6)).toBe(944e6);
      expect(await left(29e6, 415e6, 100e6)).toBe(744e6);
    },
  );

  it("is limited by any parent, and by memory.high", async () => {
    const files = {
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/b/memory.max": "max\n",
      "/sys/fs/cgroup/a/b/memory.high": "max\n",
      "/sys/fs/cgroup/a/memory.max": `${3 * GIB}\n`,
      "/sys/fs/cgroup/a/memory.high": `${2 * GIB}\n`,
      "/sys/fs/cgroup/a/memory.current": `${GIB}\n`,
    };
    expect(await probe(linux(files))).toMatchObject({ ramTotal: 2 * GIB, ramAvailable: 1 * GIB });
  });

  it("is limited at the root in a container, where the path lies outside", async () => {
    const files = {
      "/proc/self/cgroup": "0::/../../x\n",
      "/sys/fs/cgroup/memory.max": `${GIB}`,
      "/sys/fs/cgroup/memory.current": "0",
    };
    expect(await probe(linux(files))).toMatchObject({ ramTotal: GIB, ramAvailable: GIB });
  });

  it("understands version 1, whose largest number means no limit", async () => {
    const folder = "/sys/fs/cgroup/memory/docker/abc";
    const files = {
      "/proc/self/cgroup": "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n",
      [`${folder}/memory.limit_in_bytes`]: `${6 * GIB}`,
      [`${folder}/memory.usage_in_bytes`]: `${3 * GIB}`,
      [`${folder}/memory.stat`]: `inactive_file 7\ntotal_inactive_file ${GIB}\n`,
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
      "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "250000",
      "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
    };
    expect(await probe(linux(files))).toMatchObject({ ramTotal: 6 * GIB, ramAvailable: 4 * GIB, cores: 2 });
  });

  it("is clamped to what libuv knows, but not raised by it", async () => {
    expect(await probe(linux({}), { constrainedMemory: 3 * GIB })).toMatchObject({
      ramTotal: 3 * GIB,
      ramAvailable: 3 * GIB,
    });
    const unlimited = await probe(linux({}), { constrainedMemory: 2 ** 64 });
    expect(unlimited).toMatchObject({ ramTotal: 16_384_000 * KIB });
  });

  it("never comes out negative", async () => {
    const files = {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": "1000",
      "/sys/fs/cgroup/memory.current": "2000",
    };
    expect((await probe(linux(files))).ramAvailable).toBe(0);
  });
});

describe("limits of the process", () => {
  const limits = (space: string, data = "unlimited") =>
    `Limit                     Soft Limit           Hard Limit           Units     \n${[
      ["Max data size", data, "unlimited"],
      ["Max address space", space, "unlimited"],
    ]
      .map(([name = "", soft = "", hard = ""]) => `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}bytes     `)
      .join("\n")}\n`;
  const STATUS = "Name:\tnode\nVmPeak:\t  800000 kB\nVmSize:\t  700000 kB\nVmData:\t   80000 kB\n";
  const limited = (text: string, more: Record<string, string> = {}) =>
    probe(linux({ "/proc/self/limits": text, "/proc/self/status": STATUS, ...more }));

  it("ulimit -v: less what this process has, and what engine and V8 take of addresses alone", async () => {
    expect(await limited(limits(`${3 * GIB}`))).toMatchObject({
      ramTotal: 3 * GIB,
      ramAvailable: 3 * GIB - 700_000 * KIB - ADDRESS_RESERVE,
      ramLimit: { by: "ulimit -v", bytes: 3 * GIB, without: 8_192_000 * KIB },
    });
  });

  it("ulimit -d: less the private memory of this process", async () => {
    expect(await limited(limits("unlimited", `${GIB}`))).toMatchObject({
      ramTotal: GIB,
      ramAvailable: GIB - 80_000 * KIB,
      ramLimit: { by: "ulimit -d", bytes: GIB },
    });
  });

  it("one too small for the program itself leaves nothing, and tells by how much", async () => {
    const lacking = (bytes: number) => 700_000 * KIB + ADDRESS_RESERVE - bytes;
    for (const bytes of [GIB / 2, GIB * 0.75]) {
      const ramLimit = { by: "ulimit -v", bytes, lacking: lacking(bytes) };
      expect(await limited(limits(`${bytes}`))).toMatchObject({ ramAvailable: 0, mayMap: false, ramLimit });
    }
    // Both leave nothing: the one that lacks more is named.
    expect((await limited(limits(`${GIB / 2}`, "1000000"))).ramLimit).toMatchObject({ by: "ulimit -v" });
  });

  it("addresses that a mapped load could use up are known below a tighter limit too", async () => {
    const group = { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": `${2 * GIB}` };
    const mayMap = async (space: string, more = {}) => (await limited(limits(space), more)).mayMap ?? true;
    expect(await mayMap(`${4.5 * GIB}`, group)).toBe(false);
    expect(await mayMap(`${6 * GIB}`, group)).toBe(true);
    expect([await mayMap(`${12 * GIB}`), await mayMap("unlimited")]).toEqual([false, true]);
  });

  it("the tightest is named, and none that leaves more than the machine has", async () => {
    const group = {
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": `${2 * GIB}`,
      "/sys/fs/cgroup/memory.current": "0",
    };
    const addresses = 6 * GIB - 700_000 * KIB - ADDRESS_RESERVE;
    expect((await limited(limits(`${6 * GIB}`), group)).ramLimit).toEqual({
      ...{ by: "control group", bytes: 2 * GIB },
      without: addresses,
    });
    expect((await limited(limits(`${2.5 * GIB}`), group)).ramLimit).toEqual({
      ...{ by: "ulimit -v", bytes: 2.5 * GIB },
      without: 2 * GIB,
    });
    expect(await limited(limits("unlimited"))).not.toHaveProperty("ramLimit");
    expect(await limited(limits(`${200 * GIB}`))).not.toHaveProperty("ramLimit");
  });

  it("swap does not count", async () => {
    const swap = `${MEMINFO}SwapTotal: 99999999 kB\nSwapFree: 99999999 kB\nCommitLimit: 99999999 kB\n`;
    expect((await probe(linux({ "/proc/meminfo": swap }))).ramAvailable).toBe(8_192_000 * KIB);
  });

  it.skipIf(process.platform !== "linux")("are read of a real process that has one", async () => {
    const { stdout } = await new Home().run(["doctor", "--json"], { ulimit: ["-v", 4 * 2 ** 20] });
    const { host } = JSON.parse(stdout) as { host: Host };
    expect(host.ramLimit).toEqual({ by: "ulimit -v", bytes: 4 * GIB, without: expect.any(Number) });
    expect(host.ramAvailable).toBeLessThan(4 * GIB - ADDRESS_RESERVE);
    const shown = await new Home().run(["doctor"], { ulimit: ["-v", 4 * 2 ** 20] });
    expect(shown.stdout).toMatch(/memory\s.* available, under the limit of 4\.3 GB \(ulimit -v\)/);
  });
});

describe("cores", () => {
  const processor = (id: number, core: number, socket = 0) =>
    `processor\t: ${id}\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
  const cpuinfo = (...blocks: string[]) => linux({ "/proc/cpuinfo": blocks.join("\n") });

  it("are physical: hyperthreads count once, sockets apart", async () => {
    expect((await probe(cpuinfo(processor(0, 0), processor(1, 1), processor(2, 0), processor(3, 1)))).cores).toBe(2);
    expect((await probe(cpuinfo(processor(0, 0), processor(1, 0, 1)))).cores).toBe(2);
  });

  it("are no more than the process may use", async () => {
    const four = cpuinfo(processor(0, 0), processor(1, 1), processor(2, 2), processor(3, 3));
    expect((await probe(four, { parallelism: 3 })).cores).toBe(3);
    const files = { ...four.files, "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" };
    expect((await probe({ files })).cores).toBe(1);
    const free = { ...files, "/sys/fs/cgroup/cpu.max": "max 100000\n" };
    expect((await probe({ files: free })).cores).toBe(4);
    const sliver = { ...files, "/sys/fs/cgroup/cpu.max": "10000 100000\n" };
    expect((await probe({ files: sliver })).cores).toBe(1);
  });

  it("are the processors where the system does not tell", async () => {
    expect((await probe(linux({}))).cores).toBe(16);
  });
});

describe("GPUs", () => {
  const SMI = "nvidia-smi --query-gpu=name,memory.total,memory.free,uuid --format=csv,noheader,nounits";
  const two = {
    programs: {
      [SMI]: "NVIDIA GeForce RTX 3060, 12288, 11800, GPU-11aa\nNVIDIA H200, 143771, 143000, GPU-8932f937-03\n",
    },
  };

  it("are those nvidia-smi lists, in MiB", async () => {
    expect((await probe(two)).gpus).toEqual([
      { name: "NVIDIA GeForce RTX 3060", backend: "cuda", vramTotal: 12 * GIB, vramFree: 11_800 * 2 ** 20 },
      { name: "NVIDIA H200", backend: "cuda", vramTotal: 143_771 * 2 ** 20, vramFree: 143_000 * 2 ** 20 },
    ]);
  });

  it("are none without nvidia-smi, with a broken driver, and with shared memory", async () => {
    expect((await probe({})).gpus).toEqual([]);
    const broken = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n";
    expect((await probe({ programs: { [SMI]: broken } })).gpus).toEqual([]);
    expect((await probe({ programs: { [SMI]: "NVIDIA GB10, [N/A], [N/A], GPU-0\n" } })).gpus).toEqual([]);
  });

  it.each([
    ["1", ["NVIDIA H200"]],
    ["1,0", ["NVIDIA H200", "NVIDIA GeForce RTX 3060"]],
    ["0,7,1", ["NVIDIA GeForce RTX 3060"]],
    ["", []],
    ["-1", []],
    ["GPU-8932f937", ["NVIDIA H200"]],
    ["GPU-9,0", []],
    ["MIG-8932f937", []],
  ])("CUDA_VISIBLE_DEVICES=%s leaves %j", async (visibleDevices, names) => {
    expect((await probe(two, { visibleDevices })).gpus.map(({ name }) => name)).toEqual(names);
  });

  it("are found in WSL, where nvidia-smi may be out of sight", async () => {
    const wsl = { programs: { [`/usr/lib/wsl/lib/${SMI}`]: "NVIDIA GeForce RTX 4090, 24564, 22000, GPU-1\n" } };
    expect((await probe(wsl)).gpus).toMatchObject([{ name: "NVIDIA GeForce RTX 4090", vramFree: 22_000 * 2 ** 20 }]);
  });

  const card = (index: number, files: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`/sys/class/drm/card${index}/device/${name}`, `${text}\n`]),
    );
  const radeon = { vendor: "0x1002", mem_info_vram_total: `${16 * GIB}`, mem_info_vram_used: `${3 * GIB}` };

  it("AMD: what its driver tells, of several cards, not of a processor's own graphics", async () => {
    const apu = { vendor: "0x1002", mem_info_vram_total: `${GIB / 2}`, mem_info_vram_used: "1" };
    const named = { ...radeon, product_name: "Radeon PRO W7800" };
    const { gpus, gpusUnknown } = await probe(linux({ ...card(0, apu), ...card(1, radeon), ...card(2, named) }));
    const amd = { backend: "vulkan", vramTotal: 16 * GIB, vramFree: 13 * GIB };
    expect(gpus).toEqual([
      { name: "AMD GPU (card1)", ...amd },
      { name: "Radeon PRO W7800", ...amd },
    ]);
    expect(gpusUnknown).toBeUndefined();
  });

  it("Intel, and AMD with a driver that tells nothing: named, and not planned for", async () => {
    const host = await probe(linux({ ...card(0, { vendor: "0x8086" }), ...card(1, { vendor: "0x1002" }) }));
    expect(host.gpus).toEqual([]);
    expect(host.gpusUnknown).toEqual(["Intel graphics (card0)", "AMD GPU (card1)"]);
  });

  it("other cards beside NVIDIA's are left out: the engine drives one kind", async () => {
    const { gpus } = await probe({ ...two, files: card(0, radeon) });
    expect(gpus.map(({ backend }) => backend)).toEqual(["cuda", "cuda"]);
  });

  it("Apple silicon: a share of the RAM, no more than is available", async () => {
    const mac = { platform: "darwin", arch: "arm64", totalMemory: 16 * GIB, freeMemory: 12 * GIB } as const;
    expect((await probe({}, mac)).gpus).toEqual([
      {
        name: "Apple GPU",
        backend: "metal",
        vramTotal: Math.floor((16 * GIB * 2) / 3),
        vramFree: Math.floor((16 * GIB * 2) / 3),
      },
    ]);
    expect((await probe({}, { ...mac, freeMemory: 2 * GIB })).gpus[0]?.vramFree).toBe(2 * GIB);
    expect((await probe({}, { ...mac, arch: "x64" })).gpus).toEqual([]);
    // What the engine repacks depends on it.
    expect((await probe({}, mac)).processor).toBe("arm64");
    expect((await probe({}, { ...mac, arch: "x64" })).processor).toBeUndefined();
  });
});

describe("other systems", () => {
  it("macOS: what vm_stat can give back counts as available", async () => {
    const vm =
      "Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:  1000.\nPages active: 99999.\nPages inactive: 200000.\nPages speculative: 50.\nPages purgeable: 7.\n";
    const host = await probe(
      { programs: { vm_stat: vm, "sysctl -n hw.perflevel0.physicalcpu": "6\n" } },
      { platform: "darwin", arch: "arm64" },
    );
    expect(host).toMatchObject({ ramAvailable: 201_057 * 16_384, cores: 6 });
  });

  it("Windows: what the system says", async () => {
    expect(await probe({}, { platform: "win32", freeMemory: 5 * GIB })).toMatchObject({
      ramTotal: 16 * GIB,
      ramAvailable: 5 * GIB,
      cores: 16,
      gpus: [],
    });
  });
});

describe("this machine", () => {
  it("gets an answer that can be true", async () => {
    const host = await probeHost();
    expect(host.ramTotal).toBeGreaterThan(2 ** 28);
    expect(host.ramTotal).toBeLessThanOrEqual(os.totalmem());
    expect(host.ramAvailable).toBeLessThanOrEqual(host.ramTotal);
    expect(host.cores).toBeGreaterThanOrEqual(1);
    expect(host.cores).toBeLessThanOrEqual(os.availableParallelism());
  });

  it.skipIf(process.platform === "win32")("gives up on a program that hangs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "oslm-"));
    const program = join(folder, "nvidia-smi");
    writeFileSync(program, "#!/bin/sh\nexec sleep 30\n");
    chmodSync(program, 0o755);
    const started = performance.now();
    expect(await realReaders().run(program, [])).toBeNull();
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await realReaders().run(join(folder, "missing"), [])).toBeNull();
    writeFileSync(program, "#!/bin/sh\necho found\n");
    expect(await realReaders().run(program, [])).toBe("found\n");
  });
});
