export default defineEventHandler(() => service.getClientAccessToken({ userId: crypto.randomUUID() }));
