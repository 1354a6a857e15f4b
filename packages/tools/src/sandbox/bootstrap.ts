/**
 * Runs in the sandbox before the code does: what a program sees besides the language. No clock and seeded dice, so that an attempt that is
 * repeated computes the same. It returns what the host takes the answer by, kept from before the code could change anything.
 */
export const bootstrap = `(function (json, seed) {
  'use strict'
  const { parse, stringify } = JSON
  const given = parse(json)
  let state = seed >>> 0
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const OriginalDate = Date
  const noClock = () => { throw new Error('there is no clock in here: give the time as an input') }
  const ClocklessDate = function Date(...args) {
    if (new.target === undefined || args.length === 0) noClock()
    return Reflect.construct(OriginalDate, args, new.target)
  }
  ClocklessDate.prototype = OriginalDate.prototype
  ClocklessDate.prototype.constructor = ClocklessDate
  ClocklessDate.parse = OriginalDate.parse
  ClocklessDate.UTC = OriginalDate.UTC
  ClocklessDate.now = noClock
  globalThis.Date = ClocklessDate
  const lines = []
  const say = (...args) => {
    if (lines.length < 20) lines[lines.length] = args.map((each) => typeof each === 'string' ? each : stringify(each)).join(' ').slice(0, 500)
  }
  globalThis.console = { log: say, info: say, warn: say, error: say, debug: say }
  for (const name of Object.keys(given)) globalThis[name] = given[name]
  return { answer: (value) => stringify(value), lines: () => stringify(lines) }
})`
