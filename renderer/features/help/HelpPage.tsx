import { useMemo } from 'react';
import guideJa from '../../../docs/user-guide.ja.md?raw';
import guideEn from '../../../docs/user-guide.md?raw';
import { useText } from '../../lib/i18n/index.ts';
import { type Block, parseInline, parseMarkdown } from '../../lib/markdown.ts';
import './help.css';

const guides = { en: guideEn, ja: guideJa };

/** The user guide in the language of the app, the same file as in the repository. */
export function HelpPage() {
  const { t, language } = useText();
  const blocks = useMemo(() => parseMarkdown(guides[language]), [language]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a page that scrolls must be reached by the keyboard
    <article className="detail help" tabIndex={0} aria-label={t('help.title')}>
      <div>
        {blocks.map((block, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the guide does not change while it is shown
          <BlockView key={i} block={block} />
        ))}
      </div>
    </article>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case 'heading': {
      const Heading = block.level === 1 ? 'h1' : block.level === 2 ? 'h2' : 'h3';
      return <Heading>{block.text}</Heading>;
    }
    case 'paragraph':
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
    case 'code':
      return <pre className="licence">{block.text}</pre>;
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item) => (
            <li key={item}>
              <Line text={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return <TableView block={block} />;
  }
}

function TableView({ block }: { block: Extract<Block, { type: 'table' }> }) {
  return (
    <table className="table help-table">
      <thead>
        <tr>
          {block.head.map((cell) => (
            <th key={cell} scope="col">
              <Line text={cell} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row) => (
          <tr key={row.join('|')}>
            {row.map((cell) => (
              <td key={cell}>
                <Line text={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Links lead nowhere from here: the app has no network, so a link is its words and its address. */
function Line({ text }: { text: string }) {
  return parseInline(text).map((part, i) => {
    const key = `${i} ${part.text}`;
    if (part.type === 'code') return <code key={key}>{part.text}</code>;
    if (part.type === 'strong') return <strong key={key}>{part.text}</strong>;
    if (part.type === 'emphasis') return <em key={key}>{part.text}</em>;
    return <span key={key}>{part.text}</span>;
  });
}
