export default defineEventHandler((event) => events.fetch(toWebRequest(event)));
