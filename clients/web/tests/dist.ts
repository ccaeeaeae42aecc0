import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The folder of the built client; builds it when nobody has. */
export function builtClient(): string {
  if (!existsSync('dist/index.html')) {
    execFileSync('npm', ['run', 'build'], { env: { ...process.env, NODE_ENV: 'production' }, stdio: 'ignore' });
  }
  return 'dist';
}
