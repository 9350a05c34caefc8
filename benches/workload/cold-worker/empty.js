// The least that a Worker can be: its start is the runtime's own.
export default { fetch: () => new Response("a.b.c") };
