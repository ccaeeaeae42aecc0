#include "server/markdown.hpp"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>

#include "protocol/ids.hpp"

namespace margelle {
namespace {

using Node = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;
using Parser = std::unique_ptr<cmark_parser, decltype(&cmark_parser_free)>;

constexpr std::string_view mention_scheme = "mention:";
// A line that people end with Enter ends there. Without CMARK_OPT_UNSAFE raw HTML and script links are left out.
constexpr int options = CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_HARDBREAKS;

const char* const extensions[] = {"tasklist", "strikethrough", "autolink"};

// What the parser repeats is bounded before it begins: it fills up the short rows of a table, walks through all that a line
// stands in, copies the address of a reference to wherever it is named, and looks anew for each bracket at an address's end.
constexpr std::size_t most_cells = 20'000;          // beyond, a table is shown as it was written
constexpr std::size_t most_steps = 2'000'000;       // of the rest; beyond, and above this much HTML, so is the whole text
constexpr std::size_t most_html = 400'000;
constexpr std::size_t most_bars = 1'000, most_closing = 1'000;      // in one line, in one word

struct Work {
    std::size_t cells = 0, nesting = 0, copies = 0, bars = 0, closing = 0;
    bool bearable() const { return nesting <= most_steps && copies <= most_steps && bars <= most_bars && closing <= most_closing; }
};

bool consists_of(std::string_view line, std::string_view characters) { return line.find_first_not_of(characters) == std::string_view::npos; }

// How deep a line may stand: the quotes and list items that it opens, and those that its indentation continues.
std::size_t depth_of(std::string_view line) {
    std::size_t markers = 0, spaces = 0, at = 0;
    for (; at < line.size(); ++at) {
        if (line[at] == ' ') {
            ++spaces;
        } else if (line[at] == '\t') {
            spaces += 4;
        } else if (line[at] == '>') {
            ++markers;
        } else {
            std::size_t end = line.find_first_not_of("0123456789", at);
            if (end == std::string_view::npos || std::string_view(end == at ? "-+*" : ".)").find(line[end]) == std::string_view::npos) break;
            if (end + 1 < line.size() && line[end + 1] != ' ' && line[end + 1] != '\t') break;
            ++markers;
            at = end;
        }
    }
    return markers + spaces / 2;
}

std::size_t most_closing_brackets(std::string_view line) {
    std::size_t most = 0, here = 0;
    for (const char c : line) {
        if (c == ' ' || c == '\t') here = 0;
        if (c == ')') most = std::max(most, ++here);
    }
    return most;
}

Work work_of(std::string_view text) {
    Work work;
    std::size_t lines = 0, deepest = 0, previous_bars = 0, columns = 0, block = 0, largest_block = 0;
    bool names_reference = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
        ++lines;
        deepest = std::max(deepest, depth_of(line));
        work.closing = std::max(work.closing, most_closing_brackets(line));
        const std::size_t bars = std::count(line.begin(), line.end(), '|');
        work.bars = std::max(work.bars, bars);
        if (consists_of(line, " \t>")) {
            columns = block = 0;
            names_reference = false;
        } else if (line.find('-') != std::string_view::npos && consists_of(line, "|-: \t\v\f>")) {
            columns = std::max(columns, previous_bars + 1);     // the line before may be the head of a table
        }
        work.cells += columns;
        previous_bars = bars;
        block += line.size();
        names_reference = names_reference || line.find("]:") != std::string_view::npos;
        if (names_reference) largest_block = std::max(largest_block, block);
    }
    work.nesting = lines * deepest;
    work.copies = largest_block * std::count(text.begin(), text.end(), '[');
    return work;
}

Rendered as_written(std::string_view text) {
    Rendered rendered{"<p>", {}};
    for (const char c : text) {
        if (c == '&') rendered.html += "&amp;";
        else if (c == '<') rendered.html += "&lt;";
        else if (c == '>') rendered.html += "&gt;";
        else if (c == '\n') rendered.html += "<br />\n";
        else if (c != '\r') rendered.html += c;
    }
    rendered.html += "</p>\n";
    return rendered;
}

std::string url_of(cmark_node* node) {
    const char* url = cmark_node_get_url(node);
    return url ? url : "";
}

// What the reader's browser would fetch from elsewhere becomes something to click.
void image_to_link(cmark_node* image) {
    cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, url_of(image).c_str());
    if (!cmark_node_first_child(image)) {
        cmark_node* text = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(text, url_of(image).c_str());
        cmark_node_append_child(link, text);
    }
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_append_child(link, child);
    cmark_node_replace(image, link);
    cmark_node_free(image);
}

// A link cannot hold another: an image inside of one becomes its own description.
void unwrap(cmark_node* image) {
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_insert_before(image, child);
    cmark_node_unlink(image);
    cmark_node_free(image);
}

bool inside_link(cmark_node* node) {
    for (cmark_node* above = cmark_node_parent(node); above; above = cmark_node_parent(above))
        if (cmark_node_get_type(above) == CMARK_NODE_LINK) return true;
    return false;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (std::size_t at = 0;;) {
        const std::size_t found = text.find(from, at);
        out += text.substr(at, found - at);
        if (found == std::string_view::npos) return out;
        out += to;
        at = found + from.size();
    }
}

// A mention stays a link until all is HTML, since a table's cell takes no other node. Links do not nest, so that the next
// "</a>" is its own.
void mention_to_span(std::string& html, const std::string& member) {
    const std::string opening = "<a href=\"" + std::string(mention_scheme) + member + "\">", closing = "</a>";
    for (std::size_t at = 0; (at = html.find(opening, at)) != std::string::npos;) {
        html.replace(at, opening.size(), "<span class=\"mention\" data-member=\"" + member + "\">");
        html.replace(html.find(closing, at), closing.size(), "</span>");
    }
}

}  // namespace

Rendered render_markdown(std::string_view text) {
    static const bool registered = (cmark_gfm_core_extensions_ensure_registered(), true);
    (void)registered;
    const Work work = work_of(text);
    if (!work.bearable()) return as_written(text);
    const Parser parser(cmark_parser_new(options), cmark_parser_free);
    for (const char* name : extensions) cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension(name));
    if (work.cells <= most_cells) cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser.get(), text.data(), text.size());
    const Node document(cmark_parser_finish(parser.get()), cmark_node_free);

    std::vector<cmark_node*> images, links;
    cmark_iter* walk = cmark_iter_new(document.get());
    for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
        if (event != CMARK_EVENT_ENTER) continue;
        cmark_node* node = cmark_iter_get_node(walk);
        if (cmark_node_get_type(node) == CMARK_NODE_IMAGE) images.push_back(node);
        if (cmark_node_get_type(node) == CMARK_NODE_LINK && url_of(node).starts_with(mention_scheme)) links.push_back(node);
    }
    cmark_iter_free(walk);

    for (cmark_node* image : images) inside_link(image) ? unwrap(image) : image_to_link(image);
    Rendered rendered;
    for (cmark_node* link : links) {
        const std::string member = url_of(link).substr(mention_scheme.size());
        if (!is_id(member)) continue;
        if (std::find(rendered.mentions.begin(), rendered.mentions.end(), member) == rendered.mentions.end()) rendered.mentions.push_back(member);
        cmark_node_set_title(link, "");
    }

    char* html = cmark_render_html(document.get(), options, cmark_parser_get_syntax_extensions(parser.get()));
    rendered.html = html;
    cmark_get_default_mem_allocator()->free(html);
    if (rendered.html.size() > most_html) return as_written(text);
    for (const std::string& member : rendered.mentions) mention_to_span(rendered.html, member);
    // "<a href" stands only where the renderer wrote it: what people write has its "<" escaped.
    rendered.html = replace_all(rendered.html, "<a href=", "<a rel=\"noopener nofollow ugc\" href=");
    return rendered;
}

}  // namespace margelle
