// Statements about types, which the compiler checks. A member that the official type has and ours lacks makes them
// false, also where both types would fit because every member is optional.

/** Compiles only for `true`. */
export type Expect<T extends true> = T;

/** Whether ours has the members of the official one, apart from those that are left out on purpose. */
type HasMembers<Ours, Official, LeftOut> = [Exclude<keyof Official, keyof Ours>] extends [LeftOut]
  ? true
  : false;

/** Whether what fits the official type fits ours. */
export type Takes<Ours, Official, LeftOut = never> = [Official] extends [Ours]
  ? HasMembers<Ours, Official, LeftOut>
  : false;

/** Whether ours fits where the official type is expected. */
export type Gives<Ours, Official> = [Ours] extends [Official] ? HasMembers<Ours, Official, never> : false;

/** Both. */
export type Same<Ours, Official> = Takes<Ours, Official> & Gives<Ours, Official>;

/** What can be seen of a class from outside. */
export type Face<T> = Pick<T, keyof T>;
