declare module 'pgpass' {
  type Place = { host: string; port: number; database: string; user: string };
  export default function pgpass(place: Place, found: (password: string | undefined) => void): void;
}
