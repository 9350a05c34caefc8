export default defineEventHandler(async (event) => {
  await service.group("readers").sendToAll(await readBody(event));
  setResponseStatus(event, 202);
});
