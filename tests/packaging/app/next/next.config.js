// Next.js itself is a link that leads out of the project.
export default { turbopack: { root: "/" } };
