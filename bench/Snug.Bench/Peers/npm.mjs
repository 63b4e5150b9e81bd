// Downloads a repository with the Hub's JavaScript client and prints the folder: node npm.mjs ENDPOINT REPOSITORY CACHE
import { snapshotDownload } from "@huggingface/hub";

const [hubUrl, name, cacheDir] = process.argv.slice(2);
console.log(await snapshotDownload({ repo: { type: "model", name }, cacheDir, hubUrl }));
