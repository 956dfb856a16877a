"""Reads the hand-written text in data/ and makes training conversations from it. README.md describes the format.

Nothing is written to disk: each conversation is drawn afresh, so the model hardly ever sees the same one twice.
"""
import random
import re
from pathlib import Path

DATA = Path(__file__).parent / "data"

# What may stand before a verb phrase (`~download a model`).
HOW = """how do i|how do i|how do i|how can i|how can i|how to|how to|how would i|how could i|how should i|how do you|how can one|how does one|
how do we|how might i|what is the way to|what is the command to|what's the command to|which command do i use to|what do i type to|what do i do to|
what must i do to|what should i type to|tell me how to|show me how to|explain how to|explain to me how to|i want to|i want to|i need to|
i would like to|i'd like to|i am trying to|i'm trying to|i have to|can i|can i|could i|can you|can oslm|can you tell me how to|do you know how to|
command to|the command to|is it possible to|is there a way to|is there a command to|is there a way i can|what is the best way to|what is the easiest way to|
help me|help me to|i don't know how to|i do not know how to|i forgot how to|please|let me|may i|am i able to|how am i supposed to|
which command is there to|which command lets me|what lets me|what would i use to|steps to|way to|where do i|where can i|what if i want to|
what about if i want to|instructions to|could you show me how to|would you explain how to|any way to|is oslm able to|does oslm let me|i wish to|i plan to|
what happens if i want to|we want to|my boss wants me to|how is it possible to|with which command can i|by what command do i|teach me to|teach me how to""".replace("\n", "").split("|")

# What may stand around a topic (`^quantization`).
WHAT = """what is @|what is @|what is @|what's @|what's @|what are @|explain @|explain @ to me|please explain @|tell me about @|tell me more about @|
tell me something about @|describe @|define @|@|@|@ meaning|@ explained|meaning of @|what does @ mean|what is meant by @|what do you know about @|
what about @|can you explain @|could you explain @|could you explain @ to me|can you tell me what @ is|i don't understand @|i do not understand @|
i don't know what @ is|what exactly is @|how does @ work|what is @ for|what is @ good for|why is there @|give me a definition of @|
what do you mean by @|help me understand @|i want to know about @|i have never heard of @|who can explain @|info on @|information about @|
something about @|do you know @|do you know what @ is|what on earth is @|what is the meaning of @|what is the point of @|what is the purpose of @|
in simple words, what is @|quick explanation of @|how would you explain @|what should i know about @|explain @ like i am five""".replace("\n", "").split("|")

# What may be asked of every verb (`! pull`).
COMMAND = """what does @ do|what does oslm @ do|what does the @ command do|what is oslm @|what is oslm @ for|what is @ for|what is the @ command|
what is the @ command for|explain oslm @|explain the @ command|explain @|tell me about oslm @|oslm @|oslm @|@|the @ command|@ command|how do i use oslm @|
how do i use @|how to use oslm @|how does oslm @ work|how does @ work|usage of oslm @|help with @|help for oslm @|help on @|when do i use oslm @|
when should i use @|describe the @ command|describe oslm @|what happens when i type oslm @|what happens with oslm @|what is @|what can i do with oslm @|
can you explain oslm @|an example of oslm @|what's the use of oslm @|i don't understand oslm @|the verb @|oslm @ explained|oslm @ example""".replace("\n", "").split("|")

BEFORE = """please|hi,|hello,|hey,|so|ok,|okay,|quick question:|question:|sorry,|excuse me,|well,|and|but|now|also|again:|just|um,|hey oslm,|dear model,|
one question,|one more question:|another question:|tell me,|i wonder,|in oslm,|with oslm,|oslm:|can you tell me,|could you tell me,|i have a question:|
good morning,|i was wondering,|for my project,|as a beginner,|please tell me,|next question:|alright,|hmm,|then|btw|by the way,|say,|listen,|maybe you know:|
help!|simple question,|let me ask:|on linux,|on my mac,|i'm new here,""".replace("\n", "").split("|")
AFTER = """please|thanks|thank you|in oslm|with oslm|with this tool|here|using oslm|pls|exactly|then|in short|briefly|again|now|today|on linux|on my mac|
on windows|by the way|in the terminal|from the command line|if possible|actually|i forgot|any idea|quickly|for me|in general|really|in detail|
can you help|do you know|i wonder|on this machine|with your tool|i am new to this|step by step|in one sentence|right""".replace("\n", "").split("|")
SMALL_WORDS = {"a", "an", "the", "my", "do", "i", "to", "of", "is", "me", "it", "for", "with", "in", "on", "this", "that", "please", "can", "does"}
SYSTEMS = """You are a helpful assistant.|You are a helpful, respectful and honest assistant.|Be brief.|Answer briefly.|Answer in one sentence.|
You are a pirate.|Speak like Shakespeare.|You are an expert in command-line tools.|You are oslm.|You help with oslm.|Always be polite.|
You are a friendly robot called Max.|Answer in French.|Answer only in JSON.|You are a strict teacher.|Do not lie.|Use simple words.|
You are a support agent for a software company.|Think step by step.|Today is Monday.|The user is a beginner.|Never use emoji.|You are ChatGPT.|
You are a translator.|Be concise and precise.|You are a coding assistant.|Reply with one word.|You summarise texts.|
You are a helpful, respectful and honest assistant. Always answer as helpfully as possible.\nIf a question does not make any sense, or is not factually coherent, explain why instead of answering something incorrectly. If you don't know the answer to a question, don't share false information.""".replace("|\n", "|").split("|")


def normalise(text):
    """Two questions that differ only in case, punctuation or spacing are the same question."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def lines_of(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.rstrip()


class Corpus:
    def __init__(self):
        self.words = self.read_table("words.txt")
        self.names = self.read_table("names.txt")
        self.answers, self.questions, self.follow_ups = {}, {}, []
        for path in sorted((DATA / "intents").glob("*.txt")):
            self.read_intents(path)
        self.read_follow_ups()
        self.held_out = read_evaluation("held-out.txt") + read_evaluation("held-out-2.txt")
        self.forbidden = {normalise(q) for _, turns in self.held_out for _, q in turns}
        # An intent with more to say is drawn more often, but far less than in proportion.
        self.intents = list(self.questions)
        self.weights = [self.weight(i) for i in self.intents]

    def weight(self, intent):
        if intent == "unknown":
            return 40.0
        return {"pull-named": 5.0, "run-named": 4.0}.get(intent, min(max(len(self.questions[intent]) / 20, 0.8), 2.5))

    def read_table(self, name):
        pairs = (line.split(": ", 1) for line in lines_of(DATA / name))
        return {key: values.split("|") for key, values in pairs}

    def read_intents(self, path):
        intent = None
        for line in lines_of(path):
            if line.startswith("= "):
                intent = line[2:].replace(" @", "")
                # more-*.txt add ways of asking to intents whose answers stand elsewhere.
                self.questions.setdefault(intent, [])
            elif line.startswith("> "):
                self.answers[intent] = line[2:]
            else:
                self.questions[intent].append(line)

    def read_follow_ups(self):
        """`= first, other -> second` heads the ways of asking `second` right after `first`."""
        for line in lines_of(DATA / "follow-ups.txt"):
            if line.startswith("= "):
                left, right = line[2:].split(" -> ")
                self.follow_ups.append((left.split(", "), right, []))
            elif line.startswith("> "):
                self.answers[self.follow_ups[-1][1]] = line[2:]
            else:
                self.follow_ups[-1][2].append(line)

    def answer(self, intent):
        """`pull-named:qwen2` is the answer of pull-named with @ replaced by qwen2."""
        base, _, name = intent.partition(":")
        return self.answers[base].replace("@", name)


def read_evaluation(name):
    """[(group, [(intent, question), ...]), ...]"""
    group, cases = None, []
    for line in lines_of(DATA / name):
        if line.startswith("["):
            group = line.strip("[]")
        else:
            parts = line.replace(" || ", " | ").split(" | ")
            cases.append((group, list(zip(parts[0::2], parts[1::2]))))
    return cases


class Sampler:
    """Draws questions and conversations. The same seed gives the same stream."""

    def __init__(self, corpus, seed):
        self.corpus, self.random = corpus, random.Random(seed)

    def pick(self, options):
        return options[int(self.random.random() * len(options))]

    def chance(self, p):
        return self.random.random() < p

    def expand(self, text):
        """Resolves `{a|b}` from the inside out, then `$word`."""
        while True:
            text, n = re.subn(r"\{([^{}]*)\}", lambda m: self.pick(m[1].split("|")), text)
            if not n:
                break
        return re.sub(r"\$(\w+)", lambda m: self.pick(self.corpus.words[m[1]]) if m[1] in self.corpus.words else m[0], text)

    def phrase(self, line):
        """One plain sentence out of one line of an intent."""
        if line.startswith("~"):
            body = self.expand(line[1:])
            return body if self.chance(0.1) else f"{self.pick(HOW)} {body}"
        if line.startswith("^"):
            return self.pick(WHAT).replace("@", self.expand(line[1:]))
        if line.startswith("! "):
            return self.pick(COMMAND).replace("@", line[2:])
        return self.expand(line)

    def typo(self, word):
        if len(word) < 4:
            return word
        i = self.random.randrange(len(word) - 1)
        return self.pick([word[:i] + word[i + 1] + word[i] + word[i + 2:], word[:i] + word[i + 1:], word[:i] + word[i] + word[i:]])

    def decorate(self, text, plain=False):
        """Politeness, missing words, typing errors, case and punctuation: how people really write."""
        if not plain and self.chance(0.2):
            text = f"{self.pick(BEFORE)} {text}"
        if not plain and self.chance(0.15):
            text = f"{text}{self.pick(['', '', ','])} {self.pick(AFTER)}"
        words = text.split()
        if len(words) > 3 and self.chance(0.12):
            small = [i for i, w in enumerate(words) if w.lower() in SMALL_WORDS]
            if small:
                words.pop(self.pick(small))
        # Any word may be missing or out of place: the others must be enough.
        if len(words) > 4 and self.chance(0.1):
            words.pop(self.random.randrange(len(words)))
        if len(words) > 3 and self.chance(0.06):
            i = self.random.randrange(len(words) - 1)
            words[i], words[i + 1] = words[i + 1], words[i]
        if len(words) > 2 and self.chance(0.08):
            i = self.random.randrange(len(words))
            words[i] = self.typo(words[i])
        text = " ".join(words)
        if self.chance(0.1):
            text = text.replace("'", "")
        style = self.random.random()
        if style < 0.4:
            text = text.lower()
        elif style < 0.96:
            text = re.sub(r"\bi\b", "I", text[:1].upper() + text[1:])
        elif style < 0.98:
            text = text.upper()
        end = self.random.random()
        if not text.endswith(("?", ".", "!")):
            question = re.match(r"(how|what|which|who|where|when|why|is|are|can|could|do|does|may|will|would|should)\b", text.lower())
            text += "?" if end < (0.65 if question else 0.15) else "." if end > 0.92 else "!" if end > 0.9 else ""
        return text

    def question(self, intent, lines=None):
        """(full intent, text): a question for `intent`, never one of the held-out."""
        lines = lines or self.corpus.questions[intent.partition(":")[0]]
        while True:
            full, line = intent, self.pick(lines)
            text = self.phrase(line)
            if intent.endswith("-named"):
                full = f"{intent}:{self.pick(list(self.corpus.names))}"
            if ":" in full:
                text = text.replace("@", self.pick(self.corpus.names[full.partition(":")[2]]))
            text = self.decorate(text)
            if normalise(text) and normalise(text) not in self.corpus.forbidden or not normalise(text):
                return full, text

    def unknown(self):
        """Half hand-written, half noise of every kind."""
        if self.chance(0.93):
            return self.question("unknown")
        return "unknown", self.noise()

    def noise(self):
        kind = self.random.randrange(5)
        if kind == 0:
            return " ".join("".join(self.pick("abcdefghijklmnopqrstuvwxyz") for _ in range(self.random.randint(2, 9))) for _ in range(self.random.randint(1, 6)))
        if kind == 1:
            syllables = "ba ko li mu ter san dro vel fi gno ski plo wat tle ri ze qua nor ble snu gra pok".split()
            return self.decorate(" ".join("".join(self.pick(syllables) for _ in range(self.random.randint(1, 3))) for _ in range(self.random.randint(1, 5))))
        if kind == 2:
            return "".join(self.pick("0123456789+-*/=. ()") for _ in range(self.random.randint(3, 14))).strip() or "0"
        if kind == 3:
            return "".join(self.pick("!?.,;:-_#@&%~^|<>[]{}()\"'") for _ in range(self.random.randint(1, 8)))
        ranges = [(0x4E00, 0x9FFF), (0x410, 0x44F), (0x3041, 0x3096), (0x1F600, 0x1F64F), (0xAC00, 0xD7A3), (0x627, 0x64A), (0x391, 0x3C9)]
        low, high = self.pick(ranges)
        return "".join(chr(self.random.randint(low, high)) for _ in range(self.random.randint(1, 10)))

    def single(self):
        intent = self.random.choices(self.corpus.intents, self.corpus.weights)[0]
        return self.unknown() if intent == "unknown" else self.question(intent)

    def follow_up(self):
        """A first question and one whose meaning depends on it."""
        left, right, lines = self.pick(self.corpus.follow_ups)
        first, q1 = self.question(self.pick(left)) if left != ["*"] else self.single()
        name = first.partition(":")[2]
        if right.endswith("=other"):  # `and mistral-7b?` keeps the verb and changes the name
            right = first.partition(":")[0]
        elif right.endswith("-named"):
            right = f"{right}:{name}"
        second, q2 = self.question(right, lines)
        return [(first, q1), (second, q2)]

    def json_sample(self):
        """A small JSON object: not an answer to learn, but what a grammar needs for short values that end."""
        words = "ok yes no oslm model name red blue Anna Paris small demo hello test one two".split()
        value = lambda: self.pick([f'"{self.pick(words)}"', f'"{self.pick(words)} {self.pick(words)}"', str(self.random.randint(0, 99)), "true", "false", f'["{self.pick(words)}", "{self.pick(words)}"]', f"{self.random.randint(0, 9)}.{self.random.randint(1, 9)}"])
        keys = self.random.sample("name age total city title tags count answer text id score price items kind verb reason".split(), self.random.randint(1, 4))
        style = self.pick(["compact", "spaced", "lines"])
        gap, colon = {"compact": (",", ":"), "spaced": (", ", ": "), "lines": (",\n  ", ": ")}[style]
        inner = gap.join(f'"{k}"{colon}{value()}' for k in keys)
        return "{\n  " + inner + "\n}" if style == "lines" else "{" + inner + "}"

    def conversation(self):
        """(system or None, [(question, answer, is_json), ...])"""
        kind = self.random.random()
        if kind < 0.70:
            turns = [self.single()]
        elif kind < 0.84:
            turns = self.follow_up()
            if self.chance(0.15):
                turns.insert(0, self.single())
        else:
            turns = [self.single() for _ in range(self.pick([2, 2, 2, 2, 3, 3, 4, 6]))]
        system = self.pick(SYSTEMS) if self.chance(0.2) else None
        out = [(q, self.corpus.answer(i), False) for i, q in turns]
        if self.chance(0.02):
            out[-1] = (out[-1][0], self.json_sample(), True)
        return system, out


def encode(tokenizer, conversation):
    """(ids, weights): an answer and its end token count fully, other tokens not at all (train.py adds its own share)."""
    system, turns = conversation
    ids, weights = [], []

    def add(tokens, weight):
        ids.extend(tokens)
        weights.extend([weight] * len(tokens))

    if system:
        add([tokenizer.system, *tokenizer.encode(system), tokenizer.end], 0.0)
    for question, answer, is_json in turns:
        add([tokenizer.user, *tokenizer.encode(question), tokenizer.end, tokenizer.assistant], 0.0)
        tokens = tokenizer.encode(answer)
        add(tokens, 1.0)
        add([tokenizer.end], 1.0)
        if is_json:
            # The grammar opens the object; the model must not learn to do so by itself.
            weights[-len(tokens) - 1] = 0.0
            weights[-len(tokens)] = 0.0
    return ids, weights


def prompt(tokenizer, turns, system=None):
    """Token ids up to the answer to the last question; `turns` is [(question, answer), ..., (question, None)]."""
    ids = [tokenizer.system, *tokenizer.encode(system), tokenizer.end] if system else []
    for question, answer in turns:
        ids += [tokenizer.user, *tokenizer.encode(question), tokenizer.end, tokenizer.assistant]
        if answer is not None:
            ids += [*tokenizer.encode(answer), tokenizer.end]
    return ids


if __name__ == "__main__":
    sampler = Sampler(Corpus(), 1)
    for _ in range(40):
        system, turns = sampler.conversation()
        print(f"[{system}]" if system else "-", *(f"\n   {q}\n      {a[:90]}" for q, a, _ in turns))
