// The reference engine as a filter: one JSON request a line on standard input, one answer a line on standard output.
//   {"op": "load", "file"} or {"op": "load", "json"}  makes a tokenizer the current one    -> {"ms"}
//   {"op": "set", "truncation"?, "padding"?}            null switches off                    -> {}
//   {"op": "encode", "texts": […], "special"}           a text, [text, pair]; words instead of texts with "words": true
//                                                       -> {"encodings": […]}, offsets in code points
//   {"op": "decode", "ids": [[…]], "skip"}              -> {"texts": […]}
//   {"op": "vocabulary", "ids": […], "tokens": […]}     -> {"size", "sizeWithoutAdded", "texts", "ids"}
//   {"op": "add", "tokens": [{content, special, …}]}    -> {"added"}
//   {"op": "save", "file"}                              -> {}
//   {"op": "render", "template", "contexts": […]}       chat templates, by @huggingface/jinja  -> {"texts": […, null where it fails]}
//   {"op": "split", "pattern", "behavior", "invert", "texts"}  -> {"pieces"}
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { writeSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const engine = createRequire(import.meta.url)('tokenizers');
let current;

const part = (e) => ({
  ids: e.getIds(),
  tokens: e.getTokens(),
  offsets: e.getOffsets().flat(),
  types: e.getTypeIds(),
  attention: e.getAttentionMask(),
  special: e.getSpecialTokensMask(),
  words: e.getWordIds().map((w) => w ?? null),
  sequences: e.getSequenceIds().map((s) => s ?? null),
});
const whole = (e) => ({ ...part(e), overflowing: e.getOverflowing().map(part) });

const operations = {
  load({ file, json }) {
    // What the last tokenizer took outside of JavaScript's memory goes before the next one comes.
    current = undefined;
    gc();
    const start = process.hrtime.bigint();
    current = file ? engine.Tokenizer.fromFile(file) : engine.Tokenizer.fromString(json);
    return { ms: Number(process.hrtime.bigint() - start) / 1e6 };
  },
  set({ truncation, padding }) {
    if (truncation === null) current.disableTruncation();
    else if (truncation) current.setTruncation(truncation.maxLength, truncation);
    if (padding === null) current.disablePadding();
    else if (padding) current.setPadding(padding);
    return {};
  },
  async encode({ texts, special, words }) {
    const encodings = await Promise.all(texts.map(async (text) => {
      const [first, pair] = words ? text : Array.isArray(text) ? text : [text, null];
      try {
        return whole(await current.encode(first, pair ?? null, { addSpecialTokens: special, isPretokenized: !!words }));
      } catch (error) {
        return { error: String(error.message ?? error) };
      }
    }));
    return { encodings };
  },
  async decode({ ids, skip }) {
    return { texts: await Promise.all(ids.map((list) => current.decode(list, skip).catch(() => null))) };
  },
  vocabulary({ ids = [], tokens = [] }) {
    return {
      size: current.getVocabSize(true), sizeWithoutAdded: current.getVocabSize(false),
      texts: ids.map((id) => current.idToToken(id)), ids: tokens.map((token) => current.tokenToId(token)),
    };
  },
  add({ tokens }) {
    return { added: current.addAddedTokens(tokens.map((t) => new engine.AddedToken(t.content, !!t.special, t))) };
  },
  save({ file }) {
    current.save(file, false);
    return {};
  },
  render({ template, contexts }) {
    const parsed = new Template(template);
    return {
      texts: contexts.map((context) => {
        try {
          return parsed.render(context);
        } catch (error) {
          return null;
        }
      }),
    };
  },
  split({ pattern, behavior, invert, texts }) {
    const tokenizer = engine.Tokenizer.fromString(JSON.stringify({
      version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null,
      pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior, invert },
      model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' },
    }));
    return { pieces: texts.map((text) => tokenizer.getPreTokenizer().preTokenizeString(text).map(([piece]) => piece)) };
  },
};

// Characters beyond ASCII are escaped: lone surrogates have no UTF-8.
const ascii = (text) => text.replace(/[\u0080-\uffff]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
const write = (text) => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answer;
  try {
    const request = JSON.parse(line);
    answer = await operations[request.op](request);
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  write(ascii(JSON.stringify(answer)) + '\n');
}
