import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { connect } from './lib/client.ts';
import { followChanges } from './stores/follow.ts';
import './app/theme.css';
import './app/base.css';

connect();
followChanges();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
