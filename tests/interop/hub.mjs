// Asks a mirror with the Hub's own JavaScript client: node hub.mjs ENDPOINT SAMPLES SCRATCH
// Prints one line for each check: its name and what went wrong, as JSON.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import * as hub from "@huggingface/hub";

const [hubUrl, samples, scratch] = process.argv.slice(2);
const repo = { type: "model", name: "snug/tiny-model" };
const gated = { type: "model", name: "snug/gated-model" };
const hidden = { type: "model", name: "snug/private-model" };
const token = (name) => ("hf_DEMO" + name).padEnd(45, "0");
const sample = (path) => readFileSync(join(samples, path));

function equal(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) {
    throw new Error(`got ${a.slice(0, 300)} instead of ${b.slice(0, 300)}`);
  }
}

async function all(iterable) {
  const items = [];
  for await (const item of iterable) {
    items.push(item);
  }
  return items;
}

async function bytes(blob) {
  return Buffer.from(await blob.arrayBuffer());
}

async function status(promise) {
  try {
    await promise;
    return 200;
  } catch (error) {
    return error.statusCode ?? String(error);
  }
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile()).sort();
}

const checks = {
  async listFiles() {
    const files = await all(hub.listFiles({ repo, recursive: true, hubUrl }));
    equal(files.filter((file) => file.type === "file").map((file) => file.path).sort(), filesUnder(join(samples, "models/snug/tiny-model/second")));
    equal(files.find((file) => file.path === "model.safetensors").lfs.size, 1076640);
  },
  async listFilesOfARevision() {
    const files = await all(hub.listFiles({ repo, revision: "refs/pr/1", path: "onnx", expand: true, hubUrl }));
    equal(files.map((file) => file.path), ["onnx/README.md", "onnx/model.onnx"]);
    equal(files[0].lastCommit.title, "Add a model of one layer");
  },
  async snapshotDownload() {
    const folder = await hub.snapshotDownload({ repo, cacheDir: join(scratch, "cache"), hubUrl });
    const expected = join(samples, "models/snug/tiny-model/second");
    equal(filesUnder(folder), filesUnder(expected));
    for (const path of filesUnder(folder)) {
      equal(readFileSync(join(folder, path)).equals(readFileSync(join(expected, path))), true);
    }
  },
  async snapshotDownloadOfADataset() {
    const folder = await hub.snapshotDownload({ repo: { type: "dataset", name: "snug/tiny-data" }, cacheDir: join(scratch, "cache"), hubUrl });
    equal(filesUnder(folder), filesUnder(join(samples, "datasets/snug/tiny-data")));
  },
  async snapshotDownloadOfAGatedModel() {
    const folder = await hub.snapshotDownload({ repo: gated, cacheDir: join(scratch, "cache"), accessToken: token("aliceREAD"), hubUrl });
    equal(filesUnder(folder), ["README.md", "config.json", "model.safetensors"]);
  },
  async downloadSmallFile() {
    const blob = await hub.downloadFile({ repo, path: "config.json", hubUrl });
    equal((await bytes(blob)).equals(sample("models/snug/tiny-model/second/config.json")), true);
  },
  async downloadLargeFile() {
    const blob = await hub.downloadFile({ repo, path: "model.safetensors", hubUrl });
    equal((await bytes(blob)).equals(sample("models/snug/tiny-model/second/model.safetensors")), true);
  },
  async downloadRanges() {
    for (const path of ["tokenizer.json", "model.safetensors"]) {
      const blob = await hub.downloadFile({ repo, path, hubUrl });
      equal((await bytes(blob.slice(100, 5000))).equals(sample("models/snug/tiny-model/second/" + path).subarray(100, 5000)), true);
    }
  },
  async downloadEmptyFile() {
    const blob = await hub.downloadFile({ repo: { type: "dataset", name: "snug/tiny-data" }, path: "data/empty.txt", hubUrl });
    equal(blob.size, 0);
  },
  async downloadOfATag() {
    const blob = await hub.downloadFile({ repo, path: "model.safetensors", revision: "v1", hubUrl });
    equal(blob.size, 250224);
  },
  async downloadOfAnEarlierName() {
    const blob = await hub.downloadFile({ repo: "snug/old-name", path: "config.json", hubUrl });
    equal((await bytes(blob)).equals(sample("models/snug/tiny-model/second/config.json")), true);
  },
  async downloadOfARawPointer() {
    const blob = await hub.downloadFile({ repo, path: "model.safetensors", raw: true, hubUrl });
    equal((await bytes(blob)).toString().startsWith("version https://git-lfs.github.com/spec/v1\n"), true);
  },
  async downloadOfAMissingFile() {
    equal(await hub.downloadFile({ repo, path: "nope.json", hubUrl }), null);
  },
  async fileDownloadInfo() {
    const small = await hub.fileDownloadInfo({ repo, path: "config.json", hubUrl });
    equal([small.size, small.etag.length], [451, 42]);
    equal(small.url.startsWith(hubUrl), true);
    const large = await hub.fileDownloadInfo({ repo, path: "model.safetensors", hubUrl });
    equal(large.size, 1076640);
    equal(large.url.startsWith(hubUrl), true);
  },
  async fileExists() {
    equal(await hub.fileExists({ repo, path: "config.json", hubUrl }), true);
    equal(await hub.fileExists({ repo, path: "model.safetensors", hubUrl }), true);
    equal(await hub.fileExists({ repo, path: "nope.json", hubUrl }), false);
  },
  async repoExists() {
    equal(await hub.repoExists({ repo, hubUrl }), true);
    equal(await hub.repoExists({ repo: hidden, hubUrl }), false);
    equal(await hub.repoExists({ repo: hidden, hubUrl, accessToken: token("carolREAD") }), true);
  },
  async pathsInfo() {
    const entries = await hub.pathsInfo({ repo, paths: ["model.safetensors", "onnx", "nope"], expand: true, hubUrl });
    equal(entries.map((entry) => entry.path), ["model.safetensors", "onnx"]);
    equal([entries[0].lfs.size, entries[0].lastCommit.title, entries[0].lastCommit.id.length], [1076640, "Use six layers", 40]);
  },
  async whoAmI() {
    const alice = await hub.whoAmI({ accessToken: token("aliceREAD"), hubUrl });
    equal([alice.type, alice.name, alice.fullname, alice.auth.accessToken.role], ["user", "alice", "Alice Demo", "read"]);
    equal(await status(hub.whoAmI({ accessToken: "hf_" + "x".repeat(34), hubUrl })), 401);
  },
  async gatedFiles() {
    const file = (name) => hub.downloadFile({ repo: gated, path: "model.safetensors", hubUrl, ...(name && { accessToken: token(name) }) });
    equal(await status(file()), 401);
    equal(await status(file("bobREAD")), 403);
    equal((await bytes(await file("aliceREAD"))).equals(sample("models/snug/gated-model/model.safetensors")), true);
  },
  async privateFiles() {
    const file = (name) => hub.downloadFile({ repo: hidden, path: "config.json", hubUrl, ...(name && { accessToken: token(name) }) });
    equal(await status(file()), 401);
    equal(await status(file("bobREAD")), 404);
    equal((await bytes(await file("aliceREAD"))).equals(sample("models/snug/private-model/config.json")), true);
  },
  async checkRepoAccess() {
    equal(await status(hub.checkRepoAccess({ repo, accessToken: token("bobREAD"), hubUrl })), 200);
    equal(await status(hub.checkRepoAccess({ repo: hidden, accessToken: token("bobREAD"), hubUrl })), 404);
  },
  async modelInfo() {
    const info = await hub.modelInfo({ name: repo.name, additionalFields: ["sha", "author", "tags"], hubUrl });
    equal([info.name, info.gated, info.private, info.task, info.author, info.downloads], ["snug/tiny-model", false, false, "text-generation", "snug", 42]);
  },
  async listModels() {
    const models = await all(hub.listModels({ search: { owner: "snug" }, hubUrl }));
    equal(models.map((model) => model.name), ["snug/demonstration-model", "snug/gated-model", "snug/manual-model", "snug/tiny-model", "snug/tiny-package"]);
  },
  async listCommits() {
    const commits = await all(hub.listCommits({ repo, batchSize: 1, hubUrl }));
    equal(commits.map((commit) => [commit.title, commit.authors[0].username]), [["Use six layers", "carol"], ["Add a model of one layer", "carol"]]);
  },
  async parseSafetensorsMetadata() {
    const metadata = await hub.parseSafetensorsMetadata({ repo: repo.name, computeParametersCount: true, hubUrl });
    equal(metadata.parameterCount.F32, 267712);
  },
};

for (const [name, check] of Object.entries(checks)) {
  let problem = null;
  try {
    await check();
  } catch (error) {
    problem = `${error.stack ?? error}`;
  }
  console.log(JSON.stringify({ name, problem }));
}
