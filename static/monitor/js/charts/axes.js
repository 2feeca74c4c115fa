// The axes of a chart: local times below, values at the left, always equally wide so that charts align.

import { count, shortBytes } from "../page/format.js";
import { stepFor, tickLabel, ticks } from "./ticks.js";

const AXIS_WIDTH = 44;
const TICK_ROOM = 60;
const EDGE = 26;
const MOST_TICKS = 6;

/** A step of a byte axis: a power of two times a power of 1024, at most six of them up to `top`. */
export function byteStep(top) {
  let step = 1;
  while (top / step > MOST_TICKS - 1) step *= 2;
  return step;
}

function most(axis) {
  return Math.max(2, axis.width / TICK_ROOM);
}

export function timeAxis() {
  return {
    type: "linear",
    grid: { drawTicks: true, tickLength: 4 },
    border: {},
    afterBuildTicks(axis) {
      axis.ticks = ticks(axis.min, axis.max, most(axis)).map((value) => ({ value }));
    },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      callback(value) {
        // A label at the very edge would push the chart area about; its grid line is enough.
        const from = ((value - this.min) / (this.max - this.min)) * this.width;
        return from < EDGE || from > this.width - EDGE ? "" : tickLabel(value, stepFor(this.max - this.min, most(this)));
      },
    },
  };
}

/** What stands at a tick of a value axis. */
export function tickText({ bytes = false }) {
  return bytes ? shortBytes : count;
}

/** @param {object} panel {top: fixed maximum, bytes: whether it counts bytes} */
export function valueAxis({ top = null, bytes = false }) {
  return {
    type: "linear",
    min: 0,
    ...(top === null ? {} : { max: top }),
    grid: { drawTicks: false },
    border: {},
    afterFit(axis) {
      axis.width = AXIS_WIDTH;
    },
    ticks: { maxTicksLimit: MOST_TICKS, padding: 6, callback: tickText({ bytes }) },
  };
}
