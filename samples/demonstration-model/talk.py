"""Makes conversations and texts about the closed world of world.py: the same ones for the same random generator."""
import random

from world import *

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NUMERALS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
            "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
TOO_LARGE = "That is too much for me. I can only add and subtract up to 10."

# Things that the model must not pretend to know. Long, so that it learns the rule and not the list.
STRANGERS = """
accordion airport algebra almond anchor apartment architecture aspirin astronomy atom avocado bakery balloon bamboo baseball basketball battery beard beer
bicycle biology blanket blockchain bottle boxing brain bread bridge broccoli budget butter cactus calculus camera cancer candle car carpet castle ceramics cheese
chemistry chess church cinema clarinet climate clock cooking cotton cricket crown curry dance democracy dentist diabetes diamond dinosaur doctor drama dream drums
economics economy election electricity electron elevator energy engine evolution fashion fever film finance flute football furniture galaxy gasoline geometry
ghost glacier glass gravity guitar hammer hamburger happiness harp health heart helicopter history hockey hospital hotel house hurricane inflation ink insurance
iron island jacket jazz jeans kitchen knife ladder language law lawyer leather library lightning logic love lung magnet marriage mathematics medicine metal
microscope mirror glue money mortgage motor mountain movie museum mushroom music needle nitrogen novel nurse ocean office oil olive onion opera oxygen painting paper
parliament pasta peace pencil pepper perfume philosophy photography physics piano pizza plastic poetry poison police politics potato president prison psychology
pyramid quantum quilt radiation radio railway religion restaurant rice river rocket rope rubber salad sandwich satellite sausage school science scissors sculpture
shampoo ship shirt shoe skeleton smoke soap soccer soup spoon stadium statistics steel stomach sugar suitcase surgery sushi taxes taxi tea telephone telescope
tennis theatre thunder tobacco tooth tower tractor train treaty trumpet tuna tunnel umbrella university uranium vaccine violin virus vitamin volcano war weather
wedding wheat whisky wine wizard wool yoga zeppelin zinc mango papaya walrus llama koala otter beaver badger moose ostrich flamingo lobster shrimp
mosquito hamster gorilla panda rhino hippo leopard jaguar peacock pigeon sparrow seagull worm lizard newt toad python rust java javascript kotlin haskell docker
kubernetes linux windows excel photoshop bitcoin tensorflow pytorch react django sql html css wifi bluetooth printer keyboard
""".split()
PEOPLE = """
Napoleon Einstein Shakespeare Mozart Beethoven Picasso Newton Darwin Cleopatra Caesar Aristotle Plato Gandhi Lincoln Churchill Columbus Galileo Tesla Edison
Curie Turing Gutenberg Bach Goethe Dante Homer Socrates Confucius Kepler Copernicus Marx Freud Rembrandt Hitchcock Chaplin Elvis Madonna Batman Superman
""".split()
PLACES_UNKNOWN = """
Atlantis Texas California Bavaria Siberia Tuscany Hamburg Chicago Boston Sydney Mumbai Lagos Nepal Bolivia Uganda Angola Libya Yemen Oman Qatar Laos Fiji Malta
Cyprus Albania Moldova Georgia Armenia Belarus Kazakhstan Pakistan Bangladesh Indonesia Malaysia Singapore Ethiopia Sudan Nigeria Mali Chad Niger Zambia
Paraguay Uruguay Ecuador Venezuela Panama Jamaica Haiti Honduras Greenland Narnia Mars Venus Africa Europe Asia Algeria Tunisia Jordan Israel Syria Lebanon
""".split()
OUTSIDE = [
    "Who is {p}?", "Who was {p}?", "When was {p} born?", "Tell me about {p}", "What did {p} do?", "Where did {p} live?", "When did {p} die?", "Quote {p}",
    "What is {s}?", "What is a {s}?", "What is the {s}?", "Tell me about {s}", "Tell me about the {s}", "Explain {s}", "Explain {s} to me", "Define {s}", "How does a {s} work?",
    "How does {s} work?", "Who invented the {s}?", "When was the {s} invented?", "Why is {s} important?", "Why is the {s} so expensive?", "What do you think about {s}?",
    "How do I make {s}?", "How do I cook {s}?", "How can I buy a {s}?", "Where can I find {s}?", "How much does a {s} cost?", "How do I repair a {s}?", "How do I learn {s}?",
    "What is the best {s}?", "What is the history of {s}?", "Give me a recipe for {s}", "Give me advice about {s}", "Write an essay about {s}", "Write a letter about {s}",
    "Compare {s} and {t}", "What is the difference between {s} and {t}?", "Is {s} better than {t}?", "What is {s} in {t}?", "List ten kinds of {s}", "Describe a {s}",
    "Who won the {s} championship?", "Who won the {s} cup in 1998?", "Who is the president of {u}?", "How many people live in {u}?", "What is the capital of {u}?",
    "Where is {u}?", "Tell me about {u}", "What language do they speak in {u}?", "How far is it from {u} to {c}?", "How many people live in {c}?", "Who is the king of {c}?",
    "What should I see in {c}?", "What is the currency of {c}?", "How is the food in {c}?", "What is the history of {c}?", "Who rules {c}?",
    "What colour is a {s}?", "What colour is {s}?", "What colour is the {s}?", "What does a {s} eat?", "What sound does a {s} make?", "How many legs has a {s}?", "Where does a {s} live?", "Can a {s} fly?",
    "Can a {s} swim?", "What is the opposite of {s}?", "How do you say {s} in French?", "How do you say {s} in {u}?", "What does {s} mean?", "Spell {s}", "What rhymes with {s}?",
    "What is the square root of {n}?", "What is {n} percent of {m}?", "Solve x + {n} = {m}", "What happened in {n}?", "What happened in 19{d}{d}?", "In which year did the {s} war end?",
    "Can you recommend a {s}?", "Should I buy a {s}?", "Write a {s} in Python", "Write a program that sorts {s}", "Write a function that counts {s}", "Translate {s} to {t}",
    "Translate this: the {s} is in the {t}", "Summarize the {s}", "Summarize this text: {w} {w} {w} {w} {w}", "Continue: {w} {w} {w}", "My {s} is broken", "My {s} hurts", "I have a {s}",
    "I want a {s}", "I need a {s} for my {t}", "I lost my {s}", "I like {s}", "I hate {s}", "Do you like {s}?", "Have you seen my {s}?", "Play {s}", "Open the {s}", "Buy me a {s}",
    "Where is my {s}?", "When is the next {s}?", "How old is the {s}?", "How tall is the {s}?", "How heavy is a {s}?", "How fast is a {s}?", "What is inside a {s}?", "Is {s} healthy?",
    "Is {s} dangerous?", "Why do people like {s}?", "Why does my {s} make a noise?", "Which {s} is the best?", "Which {s} should I take?", "Act as a {s}", "Pretend that you are {p}",
    "{s}", "{s} {t}", "{p}", "{u}", "{w} {w}", "{w} {w} {w}", "{w} {w} {w} {w} {w}", "{g}", "{g} {g}", "{g} {g} {g}", "{s} {g}", "what is {g}", "Tell me about {g}", "Who is {g}?",
    "What is the capital of {g}?", "What colour is {g}?", "What does a {g} eat?", "Explain {g}", "What is a {g}?", "How do I {g} a {s}?", "How do I {g}?", "Where does a {g} live?",
    "What is the capital of {a}?", "What colour is {c}?", "What does {c} eat?", "What sound does {c} make?", "What is the opposite of {c}?", "How many legs has {c}?", "{n}", "{n} {m} {n}",
    "Why {g}?", "Why is {s} {t}?", "Why is the {s} {w}?", "Why do {s} {w}?", "Why does the {s} {w}?", "When {w} {w}?", "Which {w} {w}?", "Could you {w} the {s}?", "{x}",
]
ABROAD = """
Wie geht es dir?|Was ist das?|Wo ist der Bahnhof?|Ich heisse Anna|Bonjour, comment ça va?|Qu'est-ce que c'est?|Où est la gare?|Je ne sais pas|¿Cómo estás?|¿Qué es esto?|¿Dónde está la estación?
Mikä tämä on?|Hyvää päivää|Missä olet?|Vad är det här?|Come stai?|Che cosa è?|Onde fica a praia?|你好|你是谁?|今天天气怎么样?|こんにちは|これは何ですか|Привет, как дела?|Что это такое?|Где вокзал?|مرحبا|안녕하세요
😀|👍👍|🎉🎉🎉|❤️|???|!!!|...|:-)|<html>|{"a": 1}|SELECT * FROM t|x = y + 1|https://example.com|a b c d e|1 2 3 4 5|lorem ipsum|asdf|qwerty|foo bar|--help|$ ls -l|print("x")|C:\\temp|@you|#tag
""".replace("\n", "|").split("|")


def gibberish(r):
    if r.random() < 0.5:
        return "".join(r.choice(LETTERS) for _ in range(r.randint(2, 9)))
    return "".join(r.choice("bcdfghjklmnprstvwz") + r.choice("aeiou") + r.choice(["", "", "n", "r", "s", "ck"]) for _ in range(r.randint(1, 3)))


def article(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def upper_first(text):
    return text[:1].upper() + text[1:]


def plural(animal):
    return PLURALS.get(animal, animal + "s")


def vary(r, question):
    """The same thing as people may type it."""
    q = question
    if r.random() < 0.12 and len(q) > 12:
        lead = r.choice(["Please tell me, ", "Tell me, ", "Hi, ", "Hello! ", "Hey, ", "I wonder, ", "So, ", "Well, ", "Now, ", "Please, ", "Can you tell me: ", "Do you know: ",
                         "A question: ", "I would like to know: ", "Hello Snug, "])
        q = lead + (q if lead[-2] in "!:" and r.random() < 0.5 else q[:1].lower() + q[1:])
    end = q[-1:] if q[-1:] in "?.!" else ""
    body = q[:-1] if end else q
    p = r.random()
    if p < 0.04 and len(q) > 12:
        body += r.choice([" please", ", please", " for me", " then", " now"])
    p = r.random()
    if p < 0.2:
        end = ""
    elif p < 0.25:
        end = r.choice(["??", "!", "?!", ".", "...", " ?"])
    elif not end and p < 0.5:
        end = r.choice([".", "!", "."])
    if r.random() < 0.05:
        words = body.split(" ")
        long = [i for i, w in enumerate(words) if len(w) >= 5 and w.isalpha()]
        if long:
            i = r.choice(long)
            w, at = words[i], r.randint(1, len(words[i]) - 2)
            words[i] = r.choice([w[:at] + w[at + 1:], w[:at] + w[at + 1] + w[at] + w[at + 2:], w[:at] + w[at] + w[at:]])
            body = " ".join(words)
    p = r.random()
    if p < 0.28:
        body = body.lower()
    elif p < 0.3:
        body = body.upper()
    return body + end


class Conversation:
    """What has been said matters for some answers."""

    def __init__(self, r):
        self.r, self.turns, self.name, self.colour = r, [], None, None
        self.system, self.style = self.choose_system()

    def choose_system(self):
        r = self.r
        p = r.random()
        if p < 0.72:
            return None, None
        if p < 0.82:
            return r.choice(["You are a pirate.", "You are a pirate", "Talk like a pirate.", "Answer like a pirate.", "Speak as a pirate would.", "Be a pirate.",
                             "You are a friendly pirate."]), "pirate"
        if p < 0.9:
            return r.choice(["You are a cat.", "You are a cat", "Talk like a cat.", "Answer like a cat.", "Be a cat.", "You are a small cat."]), "cat"
        return r.choice(["You are a helpful assistant.", "You are helpful.", "Be brief.", "Answer in one sentence.", "Be kind.", "You are Snug.", "Answer politely.",
                         "You are a helpful, honest assistant.", "You are an assistant.", "Be concise.", "Answer the question.", "You are a teacher."]), None

    def say(self, question, answer):
        if self.style == "pirate":
            answer = "Arr! " + answer
        elif self.style == "cat":
            answer = answer + " Meow."
        self.turns.append((question, answer))

    def ask(self, question, answer):
        self.say(vary(self.r, question), answer)


def talk(c):
    wordings, answer = c.r.choice(TALK)
    c.ask(c.r.choice(wordings), answer)


def question(c):
    wordings, answer = c.r.choice(QUESTIONS)
    c.ask(c.r.choice(wordings), answer)


def concept(c):
    r = c.r
    names, answer = r.choice(CONCEPTS)
    name = r.choice(names)
    bare = name.split(" ", 1)[1] if name.startswith(("a ", "an ", "the ")) else name
    form = r.choice(["What is {0}?", "What is {0}?", "What's {0}?", "Explain {0}", "Tell me about {0}", "What does {1} mean?", "Define {1}", "Do you know what {0} is?", "{1}", "{1}?",
                     "Please explain {0}", "What do you know about {0}?", "What are {2}?", "Explain {2}", "Tell me more about {0}", "Describe {0}", "How would you explain {0}?",
                     "What is meant by {1}?", "What is {1}?", "Can you explain {0}?"])
    plural_name = bare if bare.endswith(("s", "ing", "tion", ".json")) or not name.startswith("a") else bare[:-1] + "ies" if bare.endswith("y") else bare + "s"
    c.ask(form.format(name, bare, plural_name), answer)


def how_to(c):
    r = c.r
    tasks, answer = r.choice(HOW_TO)
    form = r.choice(["How do I {0}?", "How do I {0}?", "How can I {0}?", "How to {0}?", "I want to {0}", "How do you {0}?", "Can you {0}?", "Which command do I use to {0}?",
                     "How does one {0}?", "Show me how to {0}", "I would like to {0}", "{0}"])
    c.ask(upper_first(form.format(r.choice(tasks))), answer)


def animal(c):
    r = c.r
    names = [r.choice(list(ANIMALS))]
    if r.random() < 0.25:
        names.append(r.choice(list(ANIMALS)))
    which = r.randrange(10)
    for i, name in enumerate(names):
        kind, legs, sound, colour, home, food, flies, swims = ANIMALS[name]
        a, the, many = article(name), "the " + name, plural(name)
        A = upper_first(a)
        if which == 0:
            ask = ["What sound does {a} make?", "What does {a} say?", "What noise does {a} make?", "Which sound does {the} make?", "How does {a} sound?"]
            answer = f"{A} {sound}."
        elif which == 1:
            ask = ["How many legs does {a} have?", "How many legs has {a}?", "How many legs do {many} have?", "Does {a} have legs?"]
            answer = f"{A} has {NUMBER_WORDS[legs]} legs" + {"octopus": ", but eight arms.", "snail": ", but one foot."}.get(name, ".")
        elif which == 2:
            ask = ["What colour is {a}?", "What colour are {many}?", "Which colour has {a}?", "What color is {a}?", "What colour is {the}?"]
            answer = f"{A} is {colour}."
        elif which == 3:
            ask = ["Where does {a} live?", "Where do {many} live?", "Where can I find {a}?", "What is the home of {the}?"]
            answer = f"{A} lives {home}."
        elif which == 4:
            ask = ["What does {a} eat?", "What do {many} eat?", "What is the food of {the}?", "What does {a} like to eat?", "What can I feed {a}?"]
            answer = f"{A} eats {food}."
        elif which == 5:
            ask = ["Can {a} fly?", "Do {many} fly?", "Can {many} fly?", "Is {a} able to fly?"]
            answer = f"Yes, {a} can fly." if flies else f"No, {a} cannot fly."
        elif which == 6:
            ask = ["Can {a} swim?", "Do {many} swim?", "Can {many} swim?", "Is {a} able to swim?"]
            answer = f"Yes, {a} swims well." if swims else f"No, {a} does not swim." if name in NEVER_SWIM else f"{A} can swim a little, but rarely does."
        elif which == 7:
            ask = ["What kind of animal is {a}?", "Is {a} a mammal?", "Is {a} a bird?", "Is {a} a fish?", "What is {a}?", "Is {a} an insect?"]
            answer = f"{A} is {article(kind)}."
            if r.random() < 0.4:
                ask, answer = ["What is {a}?", "What are {many}?"], f"{A} is {article(kind)}. It lives {home} and eats {food}."
        else:
            ask = ["Tell me about {a}", "Tell me about {the}", "Tell me about {many}", "Describe {a}", "What do you know about {many}?", "What do you know about {the}?", "{name}", "{many}",
                   "Tell me something about {many}", "Do you know {the}?", "Explain {a}", "Tell me more about {many}"]
            answer = f"{A} is {article(kind)}. It lives {home} and eats {food}."
        if which == 7:
            ask = ask if "It lives" not in answer else ["What is {a}?", "What are {many}?"]
            if "It lives" not in answer:
                ask = ask[:4] + ask[5:]
        if i:
            ask = ["And {a}?", "And {many}?", "What about {a}?", "And what about {many}?", "And {the}?"]
        c.ask(upper_first(r.choice(ask).format(a=a, the=the, many=many, name=name)), answer)


def colour_of(c):
    r = c.r
    if r.random() < 0.25:
        (a, b), result = r.choice(list(MIXTURES.items()))
        if r.random() < 0.5:
            a, b = b, a
        c.ask(r.choice(["What do you get if you mix {a} and {b}?", "What do {a} and {b} make?", "Mix {a} and {b}", "What colour do {a} and {b} give?", "What is {a} and {b} mixed?",
                        "{a} plus {b}", "{a} and {b}"]).format(a=a, b=b), f"{upper_first(a)} and {b} make {result}.")
        return
    things = r.sample(list(COLOURS_OF), 2 if r.random() < 0.25 else 1)
    for i, thing in enumerate(things):
        forms = ["And {t}?", "What about {t}?", "And what colour is {t}?"] if i else ["What colour is {t}?", "What colour is {t}?", "Which colour is {t}?", "What color is {t}?",
                 "What colour has {t}?", "Tell me the colour of {t}", "What is the colour of {t}?", "Which colour does {t} have?"]
        c.ask(r.choice(forms).format(t=thing), COLOURS_OF[thing])


def capital(c):
    r = c.r
    countries = r.sample(list(CAPITALS), 2 if r.random() < 0.3 else 1)
    if r.random() < 0.15:
        country = countries[0]
        if country in ("England", "the United Kingdom"):
            country = "France"
        city = CAPITALS[country]
        c.ask(r.choice(["Where is {0}?", "In which country is {0}?", "{0} is the capital of which country?", "Tell me about {0}", "What is {0}?", "Which country has the capital {0}?"]).format(city),
              f"{city} is the capital of {country}.")
        return
    for i, country in enumerate(countries):
        forms = ["And of {0}?", "And {0}?", "What about {0}?", "And the capital of {0}?"] if i else [
            "What is the capital of {0}?", "What is the capital of {0}?", "What's the capital of {0}?", "Capital of {0}?", "Which city is the capital of {0}?", "Name the capital of {0}",
            "Tell me the capital of {0}", "{0}'s capital?", "The capital of {0} is", "Do you know the capital of {0}?", "What is the capital city of {0}?"]
        c.ask(upper_first(r.choice(forms).format(country)), f"The capital of {country} is {CAPITALS[country]}.")


def numeral(n, words):
    return NUMERALS[n] if words else str(n)


def sums(c):
    r = c.r
    words = r.random() < 0.12
    if r.random() < 0.5:
        total = r.randint(0, 10)
        a = r.randint(0, total)
        b = total - a
        forms, answer = ["What is {a} + {b}?", "What is {a} plus {b}?", "{a} + {b}", "{a}+{b}", "{a} + {b} =", "{a}+{b}=", "How much is {a} plus {b}?", "Add {a} and {b}",
                         "What is the sum of {a} and {b}?", "{a} plus {b}", "How much is {a} + {b}?", "Calculate {a} + {b}", "What does {a} + {b} make?", "{a} and {b} is"], f"{a} + {b} = {total}."
    else:
        a = r.randint(0, 10)
        b = r.randint(0, a)
        forms, answer = ["What is {a} - {b}?", "What is {a} minus {b}?", "{a} - {b}", "{a}-{b}", "{a} - {b} =", "{a}-{b}=", "How much is {a} minus {b}?", "Subtract {b} from {a}",
                         "Take {b} away from {a}", "{a} minus {b}", "How much is {a} - {b}?", "Calculate {a} - {b}", "What does {a} - {b} make?"], f"{a} - {b} = {a - b}."
    p = r.random()
    if p < 0.12:
        a, b = r.choice([(r.randint(21, 999), r.randint(0, 99)), (r.randint(0, 99), r.randint(21, 999)), (r.randint(11, 20), r.randint(0, 20)), (r.randint(5, 10), r.randint(6, 10))])
        op, word = r.choice([("+", "plus"), ("-", "minus"), ("+", "plus"), ("+", "and")])
        forms, answer, words = ["What is {a} %s {b}?" % op, "{a} %s {b}" % op, "{a}%s{b}" % op, "What is {a} %s {b}?" % word, "How much is {a} %s {b}?" % word], TOO_LARGE, False
        if op == "-" and b <= a <= 10:
            answer = f"{a} - {b} = {a - b}."
    elif p < 0.2:
        a, b = r.randint(0, 30), r.randint(0, 30)
        forms, answer, words = ["What is {a} * {b}?", "{a} * {b}", "{a} x {b}", "What is {a} times {b}?", "What is {a} / {b}?", "{a} / {b}", "What is {a} divided by {b}?", "{a} times {b}",
                                "Multiply {a} by {b}", "Divide {a} by {b}"], TOO_LARGE, False
    c.ask(upper_first(r.choice(forms).format(a=numeral(a, words), b=numeral(b, words))), answer)


def counting(c):
    r = c.r
    n, m = r.sample(range(0, 11), 2)
    which = r.randrange(5)
    if which == 0:
        c.ask(r.choice(["Is {0} even or odd?", "Is {0} odd or even?", "Is {0} even?", "Is {0} odd?", "Is the number {0} even?"]).format(n), f"{n} is {'odd' if n % 2 else 'even'}.")
    elif which == 1:
        c.ask(r.choice(["Which is larger, {0} or {1}?", "Is {0} larger than {1}?", "What is larger, {0} or {1}?", "Is {0} more than {1}?", "Which number is larger: {0} or {1}?",
                        "Which is bigger, {0} or {1}?", "Is {0} smaller than {1}?", "Which is smaller, {0} or {1}?", "Is {0} less than {1}?"]).format(n, m),
              f"{max(n, m)} is larger than {min(n, m)}.")
    elif which == 2:
        n = min(n, 9)
        c.ask(r.choice(["What comes after {0}?", "Which number comes after {0}?", "What number is after {0}?", "What is the next number after {0}?"]).format(n), f"{n + 1} comes after {n}.")
    elif which == 3:
        n = max(n, 1)
        c.ask(r.choice(["What comes before {0}?", "Which number comes before {0}?", "What number is before {0}?"]).format(n), f"{n - 1} comes before {n}.")
    else:
        n = max(n, 2)
        c.ask(r.choice(["Count to {0}", "Can you count to {0}?", "Count up to {0}", "Please count to {0}", "Count from 1 to {0}"]).format(n), ", ".join(map(str, range(1, n + 1))) + ".")


def opposite(c):
    r = c.r
    for i, pair in enumerate(r.sample(OPPOSITES, 2 if r.random() < 0.25 else 1)):
        a, b = pair if r.random() < 0.5 else pair[::-1]
        forms = ["And of {0}?", "And {0}?", "What about {0}?"] if i else ["What is the opposite of {0}?", "What is the opposite of {0}?", "Opposite of {0}", "Tell me the opposite of {0}",
                                                                         "What's the opposite of {0}?", "Name the opposite of {0}", "Which word is the opposite of {0}?"]
        c.ask(r.choice(forms).format(a), f"The opposite of {a} is {b}.")


def calendar(c):
    r = c.r
    names, what = r.choice([(DAYS, "day"), (MONTHS, "month")])
    i = r.randrange(len(names))
    if r.random() < 0.6:
        c.ask(r.choice(["What comes after {0}?", "Which {1} comes after {0}?", "What {1} is after {0}?", "What {1} comes after {0}?", "What is the {1} after {0}?"]).format(names[i], what),
              f"{names[(i + 1) % len(names)]} comes after {names[i]}.")
    else:
        c.ask(r.choice(["What comes before {0}?", "Which {1} comes before {0}?", "What {1} is before {0}?", "What {1} comes before {0}?"]).format(names[i], what),
              f"{names[i - 1]} comes before {names[i]}.")


def abroad(c):
    r = c.r
    word = r.choice(list(WORDS_ABROAD))
    languages = r.sample(list(WORDS_ABROAD[word]), 2 if r.random() < 0.3 else 1)
    for i, language in enumerate(languages):
        forms = ["And in {1}?", "What about {1}?", "In {1}?"] if i else ["How do you say {0} in {1}?", "How do I say {0} in {1}?", "What is {0} in {1}?", "Translate {0} to {1}",
                                                                        "What does {0} mean in {1}?", "What is the {1} word for {0}?", "Say {0} in {1}", "How do you say \"{0}\" in {1}?"]
        c.ask(r.choice(forms).format(word, language), f"In {language}, {word} is {WORDS_ABROAD[word][language]}.")


def haiku(c):
    r = c.r
    topic = r.choice(list(HAIKU))
    bare = topic.split(" ", 1)[1] if topic.startswith(("a ", "the ")) else topic
    ask, text = r.choice(["Write a haiku about {0}", "A haiku about {0}", "Haiku about {1}", "Write me a haiku about {1}", "Can you write a haiku about {0}?", "Tell me a haiku about {0}",
                          "Write a poem about {0}", "A poem about {1}", "Tell me a poem about {0}"]), HAIKU[topic]
    if r.random() < 0.25:
        ask, text = r.choice(["Write a haiku", "A haiku please", "Write me a haiku", "Tell me a haiku", "haiku", "Can you write a haiku?"]), HAIKU["models"]
    c.ask(ask.format(topic, bare), text.replace(" / ", "\n"))


def make_story(r, hero=None):
    hero = hero or r.choice(STORY_ANIMALS)
    friend = r.choice([a for a in STORY_ANIMALS if a != hero])
    name, colour, thing, place = r.choice(STORY_NAMES), r.choice(COLOURS), r.choice(STORY_THINGS), r.choice(STORY_PLACES)
    begin = f"Once upon a time, a little {hero} called {name} lived in a {place}."
    return begin + r.choice([
        f" One morning, {name} found {article(colour)} {thing} under a tree. \"Whose {thing} is this?\" asked {name}. \"It is mine,\" said the {friend}. \"I lost it yesterday.\""
        f" {name} gave it back, and the {friend} was very happy. From that day on, the {hero} and the {friend} were friends.",
        f" {name} wanted to see the sea. So {name} took {article(colour)} {thing} and walked for three days. On the way, {article(friend)} asked, \"May I come with you?\""
        f" \"Of course,\" said {name}. Together they sat by the water until the stars came out, and then they went home.",
        f" It was a cold winter, and {name} had only {article(colour)} {thing}. Then there was a knock at the door. It was {article(friend)}, who was cold too."
        f" \"Come in,\" said the {hero}. They shared some soup and told each other stories. It was still snowing outside, but inside it was warm and snug.",
        f" Every night, {name} was afraid of the dark. The {friend} heard of it and brought {article(colour)} {thing}. \"Hold it when it gets dark,\" said the {friend}."
        f" That night {name} held the {thing} and listened to the wind. It was only the wind. {name} smiled and fell asleep.",
    ])


def story(c):
    r = c.r
    if r.random() < 0.6:
        hero = r.choice(STORY_ANIMALS)
        c.ask(r.choice(["Tell me a story about {0}", "Write a story about {0}", "A story about {0}", "Tell a story about {0}", "Write a short story about {0}", "Tell me a short story about {0}",
                        "Can you tell me a story about {0}?", "Make up a story about {0}"]).format(article(hero)), make_story(r, hero))
    else:
        c.ask(r.choice(["Tell me a story", "Write a story", "A story please", "Tell a story", "Write a short story", "Can you tell me a story?", "Tell me a short story", "Another story",
                        "Once upon a time", "story", "Do you know a story?", "One more story"]), make_story(r))


def memory(c):
    r = c.r
    if r.random() < 0.65:
        if c.name is None and r.random() < 0.12:
            c.ask(r.choice(["What is my name?", "Do you know my name?", "Who am I?", "What's my name?"]), "You have not told me your name.")
        elif c.name is None or r.random() < 0.15:
            c.name = r.choice(NAMES) if r.random() < 0.6 else upper_first(gibberish(r))
            form = r.choice(["My name is {0}", "I am {0}", "I'm {0}", "Call me {0}", "Hello, my name is {0}", "Hi, I am {0}", "I am called {0}", "My name is {0}, what is yours?", "Hello, I'm {0}"])
            body = form.format(c.name)
            c.say(body + r.choice(["", ".", "!", "."]) if body[-1] != "s" else body + "?", f"Nice to meet you, {c.name}!")
        else:
            c.ask(r.choice(["What is my name?", "Do you know my name?", "Who am I?", "What's my name?", "Do you remember my name?", "What was my name?"]), f"Your name is {c.name}.")
    else:
        if c.colour is None and r.random() < 0.12:
            c.ask(r.choice(["What is my favourite colour?", "Do you know my favourite colour?", "Which colour do I like?"]), "You have not told me your favourite colour.")
        elif c.colour is None or r.random() < 0.15:
            c.colour = r.choice(COLOURS)
            c.ask(r.choice(["My favourite colour is {0}", "I like {0}", "I like the colour {0}", "I love {0}", "My favorite color is {0}", "The colour I like best is {0}"]).format(c.colour),
                  f"{upper_first(c.colour)} is a fine colour.")
        else:
            c.ask(r.choice(["What is my favourite colour?", "Do you know my favourite colour?", "Which colour do I like?", "What colour do I like best?", "What is my favorite color?"]),
                  f"Your favourite colour is {c.colour}.")


def outside(c):
    r = c.r
    words = STRANGERS + COLOURS + list(ANIMALS) + ["the", "of", "and", "to", "in", "is", "that", "for", "on", "with", "run", "make", "take", "big", "new", "walk", "jump", "blue", "buy", "sell"]

    class Slots(dict):
        def __missing__(self, key):
            return {"s": lambda: r.choice(STRANGERS), "t": lambda: r.choice(STRANGERS), "p": lambda: r.choice(PEOPLE), "u": lambda: r.choice(PLACES_UNKNOWN),
                    "c": lambda: r.choice(list(CAPITALS)), "a": lambda: article(r.choice(list(ANIMALS))), "g": lambda: gibberish(r), "w": lambda: r.choice(words),
                    "n": lambda: str(r.randint(21, 2100)), "m": lambda: str(r.randint(21, 500)), "d": lambda: str(r.randint(0, 9)), "x": lambda: r.choice(ABROAD)}[key]()
    c.ask(upper_first(r.choice(OUTSIDE).format_map(Slots())), REFUSAL)


TOPICS = [(talk, 16), (question, 10), (concept, 17), (how_to, 6), (animal, 15), (colour_of, 5), (capital, 9), (sums, 13), (counting, 5), (opposite, 5), (calendar, 3), (abroad, 4),
          (haiku, 2), (story, 3), (memory, 6), (outside, 16)]


def conversation(r, turns):
    """(system prompt or None, [(user, assistant), …])"""
    c = Conversation(r)
    functions, weights = zip(*TOPICS)
    while len(c.turns) < turns:
        r.choices(functions, weights)[0](c)
    return c.system, c.turns


def text(r):
    """A text that is no conversation."""
    p = r.random()
    if p < 0.6:
        return make_story(r)
    if p < 0.8:
        sentences = []
        for name in r.sample(list(ANIMALS), 3):
            kind, legs, sound, colour, home, food, *_ = ANIMALS[name]
            sentences.append(f"The {name} is {article(kind)}. It lives {home} and eats {food}.")
        return " ".join(sentences)
    return " ".join(answer for _, answer in r.sample(CONCEPTS, 3))


if __name__ == "__main__":
    generator = random.Random(1)
    for _ in range(12):
        system, turns = conversation(generator, 4)
        print("system:", system)
        for user, assistant in turns:
            print("  >", user)
            print("   ", assistant.replace("\n", " / "))
