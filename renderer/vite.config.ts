import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  publicDir: `${import.meta.dirname}/public`,
  plugins: [react()],
  // Also where another NODE_ENV is set, as tests do: what is built is always what is shipped.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: `${import.meta.dirname}/../dist/renderer`,
    emptyOutDir: true,
    target: 'chrome130',
    // Everything is a file of our own origin: the content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
  },
});
