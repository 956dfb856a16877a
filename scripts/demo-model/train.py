"""Trains the model on conversations drawn by data.py. AdamW, warm-up and cosine decay, batches of equal length."""
import argparse
import math
import os
import tempfile
import time
from pathlib import Path

# Two processes with one thread each are a third faster here than one process with two threads; OpenBLAS and the
# allocator read these when a process starts.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["MALLOC_MMAP_THRESHOLD_"] = "4000000000"
os.environ["MALLOC_TRIM_THRESHOLD_"] = "8000000000"
os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing
import torch.nn.functional as F

import data
import gguf
from model import Config, Model, greedy
from tokenizer import Tokenizer, train as train_tokenizer


def make_tokenizer(corpus, vocab):
    """Learned on questions and answers as they occur, except that the stories count once each."""
    sampler = data.Sampler(corpus, 1)
    texts = [text for _ in range(20000) for text in sampler.single()[1:]]
    texts += [corpus.answer(i) for i in corpus.questions if ":" not in i for _ in range(60 if i not in ("story", "story-2") else 6)]
    return train_tokenizer(texts, vocab)


# Share of conversations whose last answer is cut, and how many of its tokens stay.
SHORTENED, KEPT = 0.65, 12


def shortened(sampler, ids, weights):
    """The first tokens of an answer decide which answer it is; the rest is recited. So most samples end after them,
    which leaves time for twice as many questions."""
    if not sampler.chance(SHORTENED):
        return ids, weights
    start = len(weights)
    while start > 0 and weights[start - 1] > 0:
        start -= 1
    return ids[:start + KEPT], weights[:start + KEPT]


def batches(sampler, tokenizer, budget, pool=1024):
    """Endless batches of about `budget` tokens. Conversations of a pool are sorted by length: little padding."""
    while True:
        rows = [shortened(sampler, *data.encode(tokenizer, sampler.conversation())) for _ in range(pool)]
        rows.sort(key=lambda r: len(r[0]))
        groups, group = [], []
        for row in rows:
            if group and len(row[0]) * (len(group) + 1) > budget:
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
        sampler.random.shuffle(groups)
        for group in groups:
            length = max(len(ids) for ids, _ in group)
            ids = torch.zeros(len(group), length, dtype=torch.long)
            weights = torch.full((len(group), length), -1.0)
            for n, (tokens, w) in enumerate(group):
                ids[n, :len(tokens)] = torch.tensor(tokens)
                weights[n, :len(tokens)] = torch.tensor(w)
            yield ids, weights


def positions_with_gaps(ids, tokenizer, generator):
    """Lets some turns start late, so that a question far down a long context is nothing new."""
    b, t = ids.shape
    positions = torch.arange(t).expand(b, t).clone()
    gaps = torch.randint(0, 300, (b, t), generator=generator) * (ids == tokenizer.user)
    gaps *= torch.rand(b, 1, generator=generator) < 0.25
    return (positions + gaps.cumsum(1)).clamp(max=2047)


@torch.no_grad()
def evaluate(model, tokenizer, corpus, cases):
    """[(group, turns, answers, right)]: right means every answer equals the written one and ends with the end token."""
    results = []
    for group, turns in cases:
        history, answers, right = [], [], True
        for intent, question in turns:
            out = greedy(model, [data.prompt(tokenizer, history + [(question, None)])], tokenizer.end)[0]
            answer = tokenizer.decode(out)
            answers.append(answer)
            right = right and answer == corpus.answer(intent) and out[-1] == tokenizer.end
            history.append((question, answer))
        results.append((group, turns, answers, right))
    return results


def report(results, show_wrong=False):
    for group in dict.fromkeys(r[0] for r in results):
        of = [r for r in results if r[0] == group]
        print(f"  {group}: {sum(r[3] for r in of)}/{len(of)}", flush=True)
    if show_wrong:
        for _, turns, answers, right in results:
            if not right:
                print("   x", " || ".join(f"[{i}] {q} -> {a[:70]}" for (i, q), a in zip(turns, answers)), flush=True)


def as_shipped(model):
    """The model with its matrices rounded to Q8_0 and back."""
    shipped = Model(model.config)
    shipped.load_state_dict({k: torch.from_numpy(gguf.dequantize_q8_0(v.numpy())) if v.dim() == 2 else v for k, v in model.state_dict().items()})
    return shipped.eval()


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--minutes", type=float, default=40, help="wall time; the schedule follows it when --steps is absent")
    p.add_argument("--steps", type=int, help="fixed number of steps instead")
    p.add_argument("--out", default="build")
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--budget", type=int, default=2048, help="tokens in the batch of each worker")
    p.add_argument("--dropout", type=float, default=0.05)
    p.add_argument("--question-weight", type=float, default=0.1)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--vocab", type=int, default=1024)
    p.add_argument("--init", help="folder of an earlier run to go on from")
    p.add_argument("--workers", type=int, default=os.cpu_count(), help="processes with one thread each")
    return p.parse_args()


def averaged(model, elapsed):
    """Averages the gradients of all workers, and their clocks, so that all take the same step and stop together."""
    parameters = list(model.parameters())
    flat = torch.cat([p.grad.flatten() for p in parameters] + [torch.tensor([elapsed])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for p, grad in zip(parameters, flat[:-1].split([p.numel() for p in parameters])):
        p.grad.copy_(grad.view_as(p))
    return float(flat[-1])


def work(rank, a, meeting):
    """One worker: its own stream of conversations, the same weights as the others."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=a.workers)
    torch.manual_seed(a.seed)
    np.random.seed(a.seed)
    out = Path(a.out)
    corpus = data.Corpus()
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    model = Model(Config(vocab=len(tokenizer.tokens)), a.dropout)
    if a.init:
        model.load_state_dict(torch.load(Path(a.init) / "model.pt"))
    if rank == 0:
        print(f"{sum(x.numel() for x in model.parameters()):,} parameters, {len(corpus.questions)} intents", flush=True)
    matrices = [x for x in model.parameters() if x.dim() == 2]
    vectors = [x for x in model.parameters() if x.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], lr=a.lr, betas=(0.9, 0.98))
    torch.manual_seed(a.seed + 1 + rank)
    generator = torch.Generator().manual_seed(a.seed + rank)
    start, elapsed, seen, step, total, count = time.time(), 0.0, 0, 0, 0.0, 0
    for ids, weights in batches(data.Sampler(corpus, a.seed + rank), tokenizer, a.budget):
        done = step / a.steps if a.steps else elapsed / 60 / a.minutes
        if done >= 1:
            break
        model.train()
        rate = a.lr * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        logits = model(ids[:, :-1], positions_with_gaps(ids, tokenizer, generator)[:, :-1])
        w = weights[:, 1:]
        w = torch.where(w == 0, torch.full_like(w, a.question_weight), w.clamp(min=0))
        losses = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="none").view_as(w)
        loss = (losses * w).sum() / w.sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        elapsed = averaged(model, time.time() - start)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        seen += int((weights >= 0).sum())
        answered = w == 1
        total, count = total + float(losses[answered].sum()), count + int(answered.sum())
        if rank == 0 and step % 100 == 0:
            speed = seen * a.workers / elapsed
            print(f"step {step} {elapsed / 60:.1f} min {speed:.0f} tok/s answer loss {total / count:.4f}", flush=True)
            total, count = 0.0, 0
        if rank == 0 and step % 1000 == 0:
            torch.save(model.state_dict(), out / "model.pt")
            report(evaluate(model, tokenizer, corpus, data.read_evaluation("dev.txt")))
    if rank == 0:
        torch.save(model.state_dict(), out / "model.pt")
        print(f"{step} steps, {elapsed / 60:.1f} minutes, {seen * a.workers} tokens", flush=True)
        report(evaluate(as_shipped(model), tokenizer, corpus, data.read_evaluation("dev.txt")), True)


def main():
    a = arguments()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.load(Path(a.init) / "tokenizer.json") if a.init else make_tokenizer(data.Corpus(), a.vocab)
    tokenizer.save(out / "tokenizer.json")
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(work, (a, f"{folder}/meeting"), a.workers)


if __name__ == "__main__":
    main()
