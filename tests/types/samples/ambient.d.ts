// The identity library that the samples take their credential from.

declare module "@azure/identity" {
  interface AccessToken {
    token: string;
    expiresOnTimestamp: number;
    refreshAfterTimestamp?: number;
    tokenType?: "Bearer" | "pop";
  }

  /** As `@azure/identity` declares it, by way of `@azure/core-auth`. */
  class DefaultAzureCredential {
    constructor(options?: { tenantId?: string });
    getToken(
      scopes: string | string[],
      options?: { abortSignal?: { readonly aborted: boolean }; tenantId?: string; enableCae?: boolean },
    ): Promise<AccessToken>;
  }
}
