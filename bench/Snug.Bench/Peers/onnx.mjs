// Runs an encoder with ONNX Runtime: node onnx.mjs MODEL.onnx SEQUENCES.json THREADS BATCH
// Each line of standard input is one run over all sequences, sorted by length and padded within a batch; the answer is the milliseconds
// that it took. The line "vectors" is answered with the vectors.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import ort from "onnxruntime-node";

const [model, file, threads, size] = process.argv.slice(2);
const sequences = JSON.parse(readFileSync(file, "utf8"));
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1, graphOptimizationLevel: "all" });
const order = sequences.map((_, i) => i).sort((a, b) => sequences[b].length - sequences[a].length);
const batches = [];
for (let start = 0; start < order.length; start += Number(size)) {
  const members = order.slice(start, start + Number(size));
  const length = Math.max(...members.map((i) => sequences[i].length));
  const ids = new BigInt64Array(members.length * length);
  const mask = new BigInt64Array(members.length * length);
  members.forEach((member, row) => sequences[member].forEach((id, i) => {
    ids[row * length + i] = BigInt(id);
    mask[row * length + i] = 1n;
  }));
  batches.push({ members, ids: new ort.Tensor("int64", ids, [members.length, length]), mask: new ort.Tensor("int64", mask, [members.length, length]) });
}

async function run() {
  const vectors = [];
  for (const { members, ids, mask } of batches) {
    const { vector } = await session.run({ ids, mask });
    members.forEach((member, row) => (vectors[member] = vector.data.subarray(row * vector.dims[1], (row + 1) * vector.dims[1])));
  }
  return vectors;
}

await run();
console.log(`ready ${ort.env.versions?.node ?? ""}`);
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const vectors = await run();
  console.log(line === "vectors" ? JSON.stringify(vectors.map((vector) => Array.from(vector))) : performance.now() - start);
}
