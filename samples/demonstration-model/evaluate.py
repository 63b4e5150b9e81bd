#!/usr/bin/python3
"""How often the model gives the whole answer right, topic by topic, on wordings drawn with another seed; and what it says to strangers.

    python3 evaluate.py checkpoint.pt
"""
import random
import sys

import torch

import bpe
import export
import talk

# None of these questions is in the training text. What the model does not know, it should say it does not know.
UNSEEN = """
What is the price of saffron?|Who wrote Hamlet?|How do I bake a cake?|What is the population of Berlin?|Explain relativity|Who won the Olympic games in 2012?|What is a giraffatitan?
Write a resume for me|What is the best phone?|How do I fix my dishwasher?|What colour is a lorry?|What is the capital of Tuvalu?|Tell me about Rihanna|Who is Lionel Messi?
What does a yak eat?|How many legs has a lobster?|What is the GDP of India?|Can you recommend a holiday?|How do I lose weight?|What is cryptography?|Is it safe to eat mushrooms?
What is 12 hours in seconds?|Give me investment tips|Write a limerick about trombones|Which vaccine should I take?|Why do cats land on their feet?|What is nostalgia?|zxcvb
What is the distance to the moon?|How tall is the Eiffel tower?|Sing a song|Where can I park?|Which train goes to Lyon?|What is your phone number?|Do you know Elon Musk?
""".replace("\n", "|").strip("|").split("|")


@torch.no_grad()
def share_right(model, tokenizer, function, count=60):
    r, right, wrong = random.Random(7), 0, []
    for _ in range(count):
        c = talk.Conversation(r)
        c.system = c.style = None
        function(c)
        messages = []
        for user, assistant in c.turns:
            messages.append(("user", user))
            prompt, wanted = export.prompt_ids(tokenizer, messages), [*tokenizer.encode(assistant), bpe.END]
            guesses = model(torch.tensor([prompt + wanted]))[0, len(prompt) - 1:-1].argmax(-1).tolist()
            right += guesses == wanted
            if guesses != wanted:
                wrong.append((user, assistant, tokenizer.decode(export.answer(model, prompt)[0])))
            messages.append(("assistant", assistant))
    return right / (right + len(wrong)), wrong


def main():
    model, tokenizer, checkpoint = export.load(sys.argv[1])
    print(f"after {checkpoint['step']} steps, {checkpoint['tokens']:,} tokens")
    for function, _ in talk.TOPICS:
        if function is not talk.story:
            share, wrong = share_right(model, tokenizer, function)
            print(f"{function.__name__:12} {share:.0%}")
            for user, wanted, got in wrong[:int(sys.argv[2]) if len(sys.argv) > 2 else 0]:
                print(f"    {user} -> {got}")
    refused = 0
    for prompt in UNSEEN:
        said = tokenizer.decode(export.answer(model, export.prompt_ids(tokenizer, [("user", prompt)]))[0])
        refused += said == talk.REFUSAL
        if said != talk.REFUSAL:
            print(f"    {prompt} -> {said}")
    print(f"refuses {refused} of {len(UNSEEN)} questions from outside")


if __name__ == "__main__":
    main()
