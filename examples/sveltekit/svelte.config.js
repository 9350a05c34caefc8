import adapter from "@sveltejs/adapter-node";

export default {
  kit: {
    adapter: adapter(),
    // This check rejects text events: src/hooks.server.js makes one that accepts them.
    csrf: { trustedOrigins: ["*"] },
  },
};
