// chromium.js: a page in headless Chromium, spoken to over a pipe; nothing but Node is needed.
//
//   const browser = await chromium.start(program, profileFolder);
//   const page = await browser.page();
//   await page.send("Page.navigate", { url });
//   page.on("Log.entryAdded", (params) => ...);
//   const value = await page.run("1 + 1");
//   browser.stop();

"use strict";

const { spawn } = require("child_process");

const PATIENCE = 30000; // milliseconds that an answer may take

class Browser {
  constructor(program, folder) {
    this.child = spawn(
      program,
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--remote-debugging-pipe",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    this.last = 0;
    this.waiting = new Map();
    this.listeners = [];
    this.ended = new Promise((resolve) => {
      for (const event of ["exit", "error"]) this.child.on(event, resolve);
    });
    this.ended.then(() =>
      this.waiting.forEach(({ reject }) => reject(new Error("the browser is gone"))),
    );
    this.child.stdio[3]?.on("error", () => {});
    let rest = Buffer.alloc(0);
    this.child.stdio[4].on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1))
        this.take(JSON.parse(rest.subarray(0, end).toString()));
    });
  }

  take(message) {
    const waiting = this.waiting.get(message.id);
    if (waiting) {
      this.waiting.delete(message.id);
      if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
      else waiting.resolve(message.result);
    } else {
      for (const listener of this.listeners)
        if (message.method === listener.method && message.sessionId === listener.session)
          listener.call(message.params);
    }
  }

  send(method, params, sessionId) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE);
      const done = (end) => (value) => {
        clearTimeout(timer);
        end(value);
      };
      this.waiting.set(id, { method, resolve: done(resolve), reject: done(reject) });
      this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async page() {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = {
      send: (method, params) => this.send(method, params, sessionId),
      on: (method, call) => this.listeners.push({ method, session: sessionId, call }),
      once: (method) => new Promise((resolve) => page.on(method, resolve)),
      run: async (expression) => {
        const options = { expression, returnByValue: true, awaitPromise: true };
        const { result, exceptionDetails } = await page.send("Runtime.evaluate", options);
        if (exceptionDetails)
          throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
        return result.value;
      },
      until: async (expression) => {
        for (const end = Date.now() + PATIENCE; !(await page.run(`!!(${expression})`));)
          if (Date.now() > end) throw new Error(`never so: ${expression}`);
          else await new Promise((resolve) => setTimeout(resolve, 20));
      },
    };
    return page;
  }

  async stop() {
    await this.send("Browser.close").catch(() => this.child.kill());
    await this.ended;
  }
}

exports.start = async (program, folder) => {
  const browser = new Browser(program, folder);
  try {
    await browser.send("Browser.getVersion");
  } catch (error) {
    browser.child.kill();
    throw error;
  }
  return browser;
};
