import '@github/markdown-toolbar-element';
import '@github/text-expander-element';
