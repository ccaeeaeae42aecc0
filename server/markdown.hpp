#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace margelle {

struct Rendered {
    std::string html;
    std::vector<std::string> mentions;      // ids of members, each once
};

// GitHub Flavored Markdown to safe HTML: tables, task lists, strike-through, autolinks. Raw HTML never passes, links
// carry rel="noopener nofollow ugc", images become links (the reader's browser asks no third party), and
// an Enter is a line break, and
// [@Name](mention:id) becomes <span class="mention" data-member="id">@Name</span>. Work and result are bounded by the
// text's length: a table that would be mostly filled up, and a text that would become far larger than it is, are shown as they were written.
Rendered render_markdown(std::string_view text);

}  // namespace margelle
