/** The part of midtrans-client 1.4.3 that is used here; the package ships no types. */
declare module "midtrans-client" {
  interface AxiosRequest {
    url?: string;
    method?: string;
    data?: unknown;
    signal?: AbortSignal;
    headers: { set(name: string, value: string): void };
  }
  interface HttpClient {
    defaults: {
      timeout: number;
      httpAgent?: unknown;
      httpsAgent?: unknown;
      maxContentLength: number;
      maxRedirects: number;
    };
    interceptors: { request: { use(onRequest: (config: AxiosRequest) => AxiosRequest): void } };
  }
  interface Options {
    isProduction: boolean;
    serverKey: string;
    clientKey: string;
  }
  interface Client {
    apiConfig: { getCoreApiBaseUrl(): string; getSnapApiBaseUrl(): string };
    httpClient: { http_client: HttpClient };
  }
  class Snap implements Client {
    constructor(options: Options);
    apiConfig: Client["apiConfig"];
    httpClient: Client["httpClient"];
    createTransaction(parameter: object): Promise<unknown>;
  }
  class CoreApi implements Client {
    constructor(options: Options);
    apiConfig: Client["apiConfig"];
    httpClient: Client["httpClient"];
    charge(parameter: object): Promise<unknown>;
    transaction: {
      status(id: string): Promise<unknown>;
      cancel(id: string): Promise<unknown>;
      expire(id: string): Promise<unknown>;
      approve(id: string): Promise<unknown>;
      deny(id: string): Promise<unknown>;
      refund(id: string, parameter: object): Promise<unknown>;
    };
  }
  const client: { Snap: typeof Snap; CoreApi: typeof CoreApi };
  export default client;
}
