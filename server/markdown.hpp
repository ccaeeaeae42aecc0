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
// [@Name](mention:id) becomes <span class="mention" data-member="id">@Name</span>.
Rendered render_markdown(std::string_view text);

}  // namespace margelle
