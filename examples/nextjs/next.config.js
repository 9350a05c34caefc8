export default {
  // The service follows no redirects, and its URL template ends with a slash: serve paths with and without one.
  skipTrailingSlashRedirect: true,
};
