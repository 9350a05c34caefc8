// A limit for the time that something takes.

/** Settles as the promise does; rejects when that takes more than `ms` milliseconds. `what` is what the promise stands for. */
export const inTime = async (what, promise, ms) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms / 1000} s for ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
