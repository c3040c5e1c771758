// The visitor's jobs as the server knows them, asked for as often as something is under way; and those still being sent.
import { listJobs } from "../media-api.js";
import { Backoff } from "../pacing.js";
import { JobCard } from "./job-card.js";

const BUSY_MS = 700;
const QUIET_MS = 15_000;
const UNDER_WAY = new Set(["waiting", "running"]);

export class Jobs {
  #list;
  #template;
  #nothing;
  #handlers;
  #cards = new Map();
  #sending = [];
  #known = [];
  #timer = null;
  #asking = 0;
  #backoff = new Backoff();

  /** `handlers` are those of JobCard, and `changed(job, before)` when a job has come to another state. */
  constructor(page, handlers) {
    this.#list = page.getElementById("jobs");
    this.#nothing = page.getElementById("nothing");
    this.#template = page.getElementById("job-template");
    this.#handlers = handlers;
    page.addEventListener("visibilitychange", () => page.hidden || this.look());
  }

  /** A file on its way: shown until `gone`. `entry` is a job without an id. */
  sending(entry) {
    if (!this.#sending.includes(entry)) this.#sending.unshift(entry);
    this.#show();
  }

  gone(entry) {
    this.#sending = this.#sending.filter((other) => other !== entry);
    this.#show();
  }

  /** Asks the server now, and then as often as there is something to follow. */
  async look() {
    clearTimeout(this.#timer);
    const asking = ++this.#asking;
    const jobs = await listJobs().catch(() => null);
    if (asking !== this.#asking) return;
    if (jobs !== null) this.#take(jobs);
    if (!document.hidden) this.#timer = setTimeout(() => this.look(), this.#wait(jobs !== null));
  }

  #wait(answered) {
    if (!answered) return this.#backoff.next();
    this.#backoff.reset();
    return this.#known.some(({ state }) => UNDER_WAY.has(state)) ? BUSY_MS : QUIET_MS;
  }

  #take(jobs) {
    for (const job of jobs) {
      const before = this.#known.find(({ id }) => id === job.id);
      if (before && before.state !== job.state) this.#handlers.changed(job, before);
    }
    this.#known = jobs;
    this.#show();
  }

  #show() {
    const entries = [...this.#sending, ...this.#known];
    const keys = new Set(entries.map(keyOf));
    for (const [key, card] of this.#cards) {
      if (keys.has(key)) continue;
      if (card.element.contains(document.activeElement)) document.getElementById("made-title").focus();
      card.element.remove();
      this.#cards.delete(key);
    }
    for (const [place, entry] of entries.entries()) {
      const card = this.#cards.get(keyOf(entry)) ?? this.#add(entry);
      card.show(entry);
      if (this.#list.children[place] !== card.element) this.#list.insertBefore(card.element, this.#list.children[place] ?? null);
    }
    this.#nothing.hidden = entries.length > 0;
  }

  #add(entry) {
    const card = new JobCard(this.#template, this.#handlers);
    this.#cards.set(keyOf(entry), card);
    return card;
  }
}

const keyOf = (entry) => entry.id ?? entry;
