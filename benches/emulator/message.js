// The messages of the load. Each has a timestamp and a number, which receivers find in frames of any subprotocol.

const MARK = "load:";
const TIME_DIGITS = 16;
const NUMBER_DIGITS = 6;

/** Microseconds on a clock that all processes of this machine share. */
export const nowUs = () => Number(process.hrtime.bigint() / 1000n);

/** A message of `bytes` bytes, stamped with the current time. */
export const message = (number, bytes) => {
  const time = String(nowUs()).padStart(TIME_DIGITS, "0");
  return `${MARK}${time}${String(number).padStart(NUMBER_DIGITS, "0")}`.padEnd(bytes, "x");
};

/** The time and the number of the message in a frame; undefined for other frames, such as the one that opens a session. */
export const read = (frame) => {
  const at = frame.subarray(0, 512).indexOf(MARK);
  if (at < 0) return undefined;
  const digits = frame.latin1Slice(at + MARK.length, at + MARK.length + TIME_DIGITS + NUMBER_DIGITS);
  return { sentUs: Number(digits.slice(0, TIME_DIGITS)), number: Number(digits.slice(TIME_DIGITS)) };
};
