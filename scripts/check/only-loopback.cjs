/**
 * Loaded into npm and every install script that it starts (NODE_OPTIONS): connections to other machines are refused, as behind a company's
 * firewall, and each is written down. Plain JavaScript without imports, because it goes into foreign processes.
 */
const { appendFileSync } = require("node:fs");
const { Socket } = require("node:net");

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const options = typeof first === "object" && first !== null ? first : { port: first, host: second };
  // No host: this machine, by a port or by the path of a pipe.
  const host = typeof options.host === "string" ? options.host : "localhost";
  if (["localhost", "127.0.0.1", "::1"].includes(host)) return connect.apply(this, given);
  appendFileSync(process.env.FOLEY_REFUSED, `${host}\n`);
  process.nextTick(() => this.destroy(Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: "ECONNREFUSED" })));
  return this;
};
